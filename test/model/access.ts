// Who is let in.
import type { Reply } from '../harness.ts'
import type { Key, Session, User } from './entities.ts'
import { tryPassword } from './limits.ts'
import { requireAnswer, requireInvalid } from './replies.ts'
import { isLive, liveKey, liveSession, rules, type State, userOf } from './state.ts'

/** The session that acts; null where nobody is let in, which the answer has to say. */
export function admit(state: State, reply: Reply, token: string | null): Session | null {
  // Let in before its token was replaced at this very moment, it acts as its session, which goes on.
  const session = state.sessions.find(({ id }) => id === goodBefore(state, token)?.id)
  const isRenewed = session && isLive(state, session) && session.token !== token
  return isRenewed && reply.status !== 401 ? session : admitByToken(state, reply, token)
}

/** The same for what replaces the token: of two at once only one does. */
export function admitByToken(state: State, reply: Reply, token: string | null): Session | null {
  const session = token === null ? null : liveSession(state, token)
  if (session) return session
  // Let in before its session ended at this very moment, it finds nothing any more: no device, or no right password.
  if (wasGood(state, token) && [404, 422].includes(reply.status)) return null
  if (token === null) requireAnswer(reply, 401, 'unauthenticated')
  else if (liveKey(state, token)) requireAnswer(reply, 403, 'insufficient_scope')
  else requireAnswer(reply, 401, 'invalid_token')
  return null
}

/** The same for what is told, or ended, a moment after its session. */
export function admitLate(state: State, reply: Reply, token: string | null): Session | null {
  return wasGood(state, token) && reply.status === 200 ? null : admit(state, reply, token)
}

/** Whether somebody else ends a session at this very moment. */
export function wasGood(state: State, token: string | null): boolean {
  return token !== null && !liveSession(state, token) && goodBefore(state, token) !== undefined
}

function goodBefore(state: State, token: string | null) {
  return state.before.sessions.find((each) => each.token === token)
}

export interface Challenged {
  readonly token: string | null
  /** A password that is sent along. */
  readonly challenge: string | null
}

/** The same for what is sensitive. */
export function admitFresh(state: State, reply: Reply, sent: Challenged): Session | null {
  const session = admit(state, reply, sent.token)
  if (!session) return null
  if (sent.challenge === null) {
    if (state.now - session.provedAt < rules.fresh) return session
    requireAnswer(reply, 403, 'fresh_authentication_required')
    return null
  }
  const { challenge } = sent
  return meetChallenge(state, reply, { user: userOf(state, session), challenge }) ? session : null
}

/** Whether a password that is asked for is right; where it is not, the answer has to say so. */
export function meetChallenge(
  state: State,
  reply: Reply,
  { user, challenge, field = 'password_challenge' }: Challenge,
): boolean {
  const isSame = (each: Pick<User, 'id' | 'password'>) =>
    each.id === user.id && each.password === challenge
  const isRight = isSame(user) || state.before.passwords.some(isSame)
  const tried = tryPassword(state, reply, { act: 'password_challenge', account: user.id, isRight })
  if (tried === false) requireInvalid(reply, field, 'invalid')
  return tried === true
}

interface Challenge {
  readonly user: Pick<User, 'id' | 'password'>
  readonly challenge: string
  readonly field?: string
}

/** What a request is made with. */
export function usedBy(state: State, token: string | null): Session | Key | null {
  return token === null ? null : (liveSession(state, token) ?? liveKey(state, token))
}

/** A use is noted if the last one is five minutes ago; after the answer, which does not tell of it. */
export function noteUse(state: State, used: Session | Key): void {
  if (state.now - (used.usedAt ?? 0) >= rules.coalesced) used.usedAt = state.now
}
