// API keys, and what they may do.
import { admit, admitFresh, admitLate } from './access.ts'
import { passwordIn } from './account-acts.ts'
import { type Act, type Maker, request } from './act.ts'
import { endKeys, newestFirst } from './endings.ts'
import type { Key } from './entities.ts'
import { mostly } from './known.ts'
import { isRefused } from './limits.ts'
import { queue } from './outbox.ts'
import { requireAnswer, requireInvalid, requireSame } from './replies.ts'
import { liveKey, liveSession, rules, type State, userOf } from './state.ts'

const day = 86_400_000
const { usual, most } = rules.keyDays

export const createKey: Maker = (known, pick) => {
  const { token, user } = known.holder(pick)
  const challenge = known.challenge(user, pick)
  const scopes = pick([['projects:read'], ['projects:write'], ['projects:read', 'projects:write']])
  const days = mostly(pick, [null, 1 / 24, 7.5, most], [0, most + 1]) ?? null
  const expiresAt = days === null ? null : known.state.now + Math.round(days * day)
  const expiry = expiresAt === null ? {} : { expires_at: new Date(expiresAt).toISOString() }
  const body = { name: 'Nightly build', scopes, ...expiry, ...passwordIn(challenge) }
  return request('POST /v1/api_keys', { token, body }, (state, reply) => {
    const session = admitFresh(state, reply, { token, challenge })
    if (!session) return
    const until = expiresAt ?? state.now + usual * day
    if (until <= state.now || until > state.now + most * day) {
      return requireInvalid(reply, 'expires_at', 'out_of_range')
    }
    const user = userOf(state, session)
    if (isRefused(state, reply, ['api_key', user.id])) return
    if (!user.isVerified) return requireAnswer(reply, 403, 'email_verification_required')
    const live = state.keys.filter((each) => each.userId === user.id && isLive(state, each))
    if (live.length >= rules.keys) return requireInvalid(reply, 'api_keys', 'too_many')
    requireAnswer(reply, 201)
    const { id } = reply.body.api_key
    const noticeAt = until - rules.keyNotice
    state.keys.push({
      id,
      userId: user.id,
      token: reply.body.token,
      scopes: scopes ?? [],
      expiresAt: until,
      usedAt: null,
      noticeAt: noticeAt > state.now ? noticeAt : null,
    })
    queue(state, 'api_key_created', user.address, { userId: user.id, keyId: id })
  })
}

function isLive(state: State, key: Key): boolean {
  return state.now < key.expiresAt
}

export const listKeys: Maker = (known, pick) => listKeysOf(known.session(pick))

export function listKeysOf(token: string | null): Act {
  return request('GET /v1/api_keys', { token }, (state, reply) => {
    const session = admitLate(state, reply, token)
    if (!session) return
    requireAnswer(reply, 200)
    const own = state.keys.filter((each) => each.userId === session.userId && isLive(state, each))
    const expected = own.sort(newestFirst).map(({ id, usedAt, expiresAt, scopes }) => ({
      id,
      scopes,
      usedAt,
      expiresAt,
    }))
    requireSame('The list', reply.body.api_keys.map(read), expected)
  })
}

function read(shown: Record<string, string>) {
  const { id, scopes, last_used_at, expires_at } = shown
  const usedAt = last_used_at ? Date.parse(last_used_at) : null
  return { id, scopes, usedAt, expiresAt: Date.parse(expires_at ?? '') }
}

export const revokeKey: Maker = (known, pick) => {
  const { token, user } = known.holder(pick)
  const own = known.state.keys.filter(({ userId }) => userId === user?.id).map(({ id }) => id)
  const id = mostly(pick, own, known.ids) ?? ''
  return request(`DELETE /v1/api_keys/${id}`, { token }, (state, reply) => {
    const session = admit(state, reply, token)
    if (!session) return
    const ended = state.keys.find((each) => each.id === id && each.userId === session.userId)
    if (ended && isLive(state, ended)) requireAnswer(reply, 204)
    else requireAnswer(reply, 404, 'not_found')
    endKeys(state, (each) => each === ended)
  })
}

/** What a session and a key with the scope may both do. */
export const readProjects: Maker = (known, pick) => tryToken(known.token(pick))

export function tryToken(token: string | null): Act {
  return request('GET /v1/projects', { token }, (state, reply) => {
    if (token === null) return requireAnswer(reply, 401, 'unauthenticated')
    if (liveSession(state, token)) return requireAnswer(reply, 200)
    const key = liveKey(state, token)
    if (!key) return requireAnswer(reply, 401, 'invalid_token')
    if (key.scopes.includes('projects:read')) return requireAnswer(reply, 200)
    requireAnswer(reply, 403, 'insufficient_scope')
  })
}
