// How often somebody may try. Each request comes from another address, so that only what is counted by account matters.
import type { Reply } from '../harness.ts'
import type { Failures, User } from './entities.ts'
import { requireAnswer } from './replies.ts'
import type { State } from './state.ts'

const attempts = 10
const windowMilliseconds = 180_000
const firstWaitMilliseconds = 30_000
const forgottenMilliseconds = 30 * 86_400_000
const longestWaitMilliseconds = 3_600_000

type Act =
  | 'sign_up'
  | 'password_reset'
  | 'email_verification'
  | 'verification_mail'
  | 'api_key'
  | 'session_token'

/** Counts an act, ten of which pass in three minutes; the answer to one more has to say so. */
export function isRefused(state: State, reply: Reply, [act, account]: [Act, string]): boolean {
  if (!state.isLimited) return false
  const key = `${act} ${account}`
  const known = state.counts.find((each) => each.key === key && each.endsAt > state.now)
  if (known && known.count >= attempts) {
    requireAnswer(reply, 429, 'rate_limited')
    return true
  }
  state.counts = state.counts.filter((each) => each.key !== key)
  const endsAt = known?.endsAt ?? state.now + windowMilliseconds
  state.counts.push({ key, count: (known?.count ?? 0) + 1, endsAt })
  return false
}

export type PasswordAct = 'log_in' | 'password_challenge'

interface Tried {
  readonly act: PasswordAct
  readonly account: string
  readonly isRight: boolean
}

/** Whether a try at a password is right; after ten in vain the next is told to wait, longer each time. */
export function tryPassword(state: State, reply: Reply, tried: Tried): boolean | 'refused' {
  if (!state.isLimited) return tried.isRight
  const key = `${tried.act} ${tried.account}`
  const known = state.failures.find((each) => each.key === key && state.now < each.forgottenAt)
  if (known && state.now < known.blockedUntil) {
    requireAnswer(reply, 429, 'rate_limited')
    return 'refused'
  }
  forget(state, key)
  if (!tried.isRight) state.failures.push(oneMore(key, known, state.now))
  return tried.isRight
}

function oneMore(key: string, known: Failures | undefined, now: number): Failures {
  const count = (known?.count ?? 0) + 1
  const doubled = firstWaitMilliseconds * 2 ** (count - attempts)
  const wait = count < attempts ? 0 : Math.min(doubled, longestWaitMilliseconds)
  return { key, count, blockedUntil: now + wait, forgottenAt: now + forgottenMilliseconds }
}

/** Whose password or address is another, or who is new, begins anew. */
export function recover(state: State, { id, address }: Pick<User, 'id' | 'address'>): void {
  forget(state, `log_in ${address}`)
  forget(state, `password_challenge ${id}`)
}

function forget(state: State, key: string): void {
  state.failures = state.failures.filter((each) => each.key !== key)
}
