// What an operator ends, of one or of everybody, and what goes by itself: mails, and what has expired.
import { sweep } from '../../src/core/sweep.ts'
import type { Act, Judge, Maker } from './act.ts'
import { endKeys, endSessions } from './endings.ts'
import type { Known } from './known.ts'
import { type Verb, verb } from './operator-acts.ts'
import { beginDelivery, deliverNext, endDelivery, passOver } from './outbox.ts'
import { requireSame } from './replies.ts'
import { isLive, type State } from './state.ts'

const revokeKey: Maker = (known, pick) => {
  const key = pick(known.state.keys)
  if (!key) return null
  return verb(
    `revoke ${key.id}`,
    ({ auth }) => auth.revokeApiKey(key),
    (state, reply) => {
      const ended = state.keys.find(({ id }) => id === key.id)
      requireSame(
        'Whether there was one',
        reply.body,
        Boolean(ended && state.now < ended.expiresAt),
      )
      endKeys(state, (each) => each === ended)
    },
  )
}

const revokeSession: Maker = (known, pick) => {
  const session = pick(known.state.sessions)
  if (!session) return null
  return verb(
    `end ${session.id}`,
    ({ auth }) => auth.revokeSession(session),
    (state, reply) => {
      const ended = state.sessions.find(({ id }) => id === session.id)
      requireSame('Whether there was one', reply.body, Boolean(ended && isLive(state, ended)))
      endSessions(state, (each) => each === ended)
    },
  )
}

const endAllSessions: Maker = () =>
  verb(
    'end all sessions',
    ({ auth }) => auth.revokeAllSessions(),
    (state) => {
      endSessions(state, () => true)
    },
  )

const endAllKeys: Maker = () =>
  verb(
    'end all keys',
    ({ auth }) => auth.revokeAllApiKeys(),
    (state) => {
      endKeys(state, () => true)
    },
  )

const endAllLinks: Maker = () =>
  verb(
    'end all links',
    ({ auth }) => auth.revokeOneTimeTokens(),
    (state) => {
      state.links = []
      state.registrations = []
      for (const user of state.users) user.wanted = null
    },
  )

const clear: Maker = () => {
  const pace = { maximum: 128, mayGoOn: () => true, after: async () => true }
  return verb('sweep', ({ auth }) => sweep(auth.config, pace))
}

/** Every mail that waits leaves. */
export const deliver: Maker = (known) => deliverBy(known)

export function deliverBy(known: Known): Act {
  const call: Verb = async ({ outbox }) => {
    await outbox.deliverDue()
    const mails = known.arrived.splice(0)
    for (const { token } of mails) if (token) known.links.push(token)
    return mails
  }
  const { keys } = known.state
  const waiting = known.state.messages.filter(({ isSent }) => !isSent)
  // And one or two that are queued meanwhile.
  const next = Array.from({ length: keys.length + waiting.length + 2 }, () => deliverNext)
  const begin: Judge = (state, reply) => beginDelivery(state, reply.body)
  const detours = waiting.map((_, index) => (state: State) => passOver(state, index))
  return { ...verb('deliver', call, begin, ...next, endDelivery), detours }
}

export const credentialVerbs = [revokeKey, revokeSession, clear]
export const endingVerbs = [endAllSessions, endAllKeys, endAllLinks]
