// Logging in and out, and what becomes of a session.
import type { Reply } from '../harness.ts'
import { admit, admitByToken, admitLate, meetChallenge } from './access.ts'
import { type Act, beginning, type Maker, request } from './act.ts'
import { endSessions, trimSessions } from './endings.ts'
import type { Session, User } from './entities.ts'
import { devices } from './known.ts'
import { isRefused, tryPassword } from './limits.ts'
import { queue } from './outbox.ts'
import { requireAnswer, requireSame } from './replies.ts'
import { rules, type State, userAt, userOf } from './state.ts'

export const logIn: Maker = (known, pick) => {
  const address = known.address(pick)
  const password = known.password(userAt(known.state, address), pick)
  return logInAs({ address, password, device: pick(devices) ?? '' })
}

export interface Typed {
  readonly address: string
  readonly password: string
  readonly device: string
}

export function logInAs(typed: Typed): Act {
  const { address, password, device } = typed
  const body = { email_address: address, password }
  const sent = { body, headers: { 'user-agent': device } }
  const act = request('POST /v1/session', sent, (state, reply) => {
    judgeLogIn(state, reply, typed)
  })
  return beginning(act)
}

/** The session that began, or null where none did. */
export function judgeLogIn(state: State, reply: Reply, typed: Typed): Session | null {
  const { address, password, device } = typed
  const user = userAt(state, address)
  const isRight = user !== null && !user.isBanned && user.password === password
  const tried = tryPassword(state, reply, { act: 'log_in', account: address, isRight })
  if (tried === false) requireAnswer(reply, 401, 'invalid_credentials')
  if (tried !== true || !user) return null
  requireAnswer(reply, 200)
  const session = beginSession(state, user, { reply, device })
  trimSessions(state, session)
  seeDevice(state, user, device)
  return session
}

interface Beginning {
  readonly reply: Reply
  readonly device: string
}

export function beginSession(state: State, { id }: User, { reply, device }: Beginning): Session {
  const { token, sessionId } = reply.body
  const { now } = state
  const instants = { createdAt: now, usedAt: now, provedAt: now }
  const name = device.replace(/\/.*/, '')
  const session = { id: sessionId, userId: id, token, name, ...instants }
  state.sessions.push(session)
  return session
}

// A kind of device that is new to the user is announced, except the very first.
function seeDevice(state: State, user: User, device: string): void {
  if (user.devices.includes(device)) return
  if (user.devices.length > 0) queue(state, 'new_sign_in', user.address, { userId: user.id })
  user.devices.push(device)
}

export const logOut: Maker = (known, pick) => {
  const token = known.session(pick)
  return request('DELETE /v1/session', { token }, (state, reply) => {
    const session = admitLate(state, reply, token)
    if (!session) return
    requireAnswer(reply, 200)
    endSessions(state, (each) => each === session)
  })
}

export const rotate: Maker = (known, pick) => {
  const token = known.session(pick)
  return request('PUT /v1/session/token', { token }, (state, reply) => {
    const session = admitByToken(state, reply, token)
    if (!session) return
    if (isRefused(state, reply, ['session_token', session.userId])) return
    requireAnswer(reply, 200)
    session.token = reply.body.token
  })
}

export const freshen: Maker = (known, pick) => {
  const { token, user } = known.holder(pick)
  const password = known.password(user, pick)
  const body = { password_challenge: password }
  return request('PUT /v1/session/freshness', { token, body }, (state, reply) => {
    const session = admit(state, reply, token)
    if (!session) return
    if (!meetChallenge(state, reply, { user: userOf(state, session), challenge: password })) return
    requireAnswer(reply, 200)
    requireSame('fresh_until', Date.parse(reply.body.fresh_until), state.now + rules.fresh)
    session.provedAt = state.now
  })
}
