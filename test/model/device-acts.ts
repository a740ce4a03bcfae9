// The devices on which somebody is logged in.
import { admit, admitLate } from './access.ts'
import { type Act, type Maker, type Pick, request } from './act.ts'
import { endSessions, newestFirst } from './endings.ts'
import type { Session } from './entities.ts'
import { type Known, mostly } from './known.ts'
import { requireAnswer, requireSame } from './replies.ts'
import { expiryOf, isLive } from './state.ts'

export const listSessions: Maker = (known, pick) => listSessionsOf(known.session(pick))

export function listSessionsOf(token: string | null): Act {
  return request('GET /v1/sessions', { token }, (state, reply) => {
    const session = admitLate(state, reply, token)
    if (!session) return
    requireAnswer(reply, 200)
    const own = state.sessions.filter(({ userId }) => userId === session.userId)
    const live = own.filter((each) => isLive(state, each)).sort(newestFirst)
    const expected = live.map((each) => present(each, session))
    requireSame('The list', reply.body.sessions.map(read), expected)
  })
}

function present(session: Session, current: Session) {
  const { id, name, usedAt } = session
  return { id, name, usedAt, expiresAt: expiryOf(session), isCurrent: session === current }
}

function read(shown: Record<string, string>) {
  const { id, name, last_used_at, expires_at, current } = shown
  const [usedAt, expiresAt] = [last_used_at, expires_at].map((text) => Date.parse(text ?? ''))
  return { id, name, usedAt, expiresAt, isCurrent: current }
}

export const endOthers: Maker = (known, pick) => {
  const token = known.session(pick)
  return request('DELETE /v1/sessions', { token }, (state, reply) => {
    const session = admit(state, reply, token)
    if (!session) return
    requireAnswer(reply, 200)
    const isOther = (each: Session) => each.userId === session.userId && each !== session
    const live = state.sessions.filter((each) => isOther(each) && isLive(state, each))
    requireSame('How many', reply.body.revoked, live.length)
    endSessions(state, isOther)
  })
}

export const rename: Maker = (known, pick) => {
  const { token, id } = ownAndAny(known, pick)
  const name = pick(['Ann’s phone', 'The old one']) ?? ''
  return request(`PATCH /v1/sessions/${id}`, { token, body: { name } }, (state, reply) => {
    const session = admit(state, reply, token)
    if (!session) return
    const named = state.sessions.find((each) => each.id === id && each.userId === session.userId)
    if (!named) return requireAnswer(reply, 404, 'not_found')
    named.name = name
    if (!isLive(state, named)) return requireAnswer(reply, 404, 'not_found')
    requireAnswer(reply, 200)
    requireSame('It', read(reply.body.session), present(named, session))
  })
}

export const endById: Maker = (known, pick) => {
  const { token, id } = ownAndAny(known, pick)
  return request(`DELETE /v1/sessions/${id}`, { token }, (state, reply) => {
    const session = admit(state, reply, token)
    if (!session) return
    const ended = state.sessions.find((each) => each.id === id && each.userId === session.userId)
    if (ended && isLive(state, ended)) requireAnswer(reply, 204)
    else requireAnswer(reply, 404, 'not_found')
    endSessions(state, (each) => each === ended)
  })
}

/** A session that acts, and mostly one of the same user's. */
function ownAndAny(known: Known, pick: Pick) {
  const { token, user } = known.holder(pick)
  const own = known.state.sessions.filter(({ userId }) => userId === user?.id).map(({ id }) => id)
  return { token, id: mostly(pick, own, known.ids) ?? '' }
}
