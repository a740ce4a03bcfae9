// Signing up, and what somebody does with their account.
import { admit, admitFresh, meetChallenge } from './access.ts'
import { type Act, beginning, type Maker, request } from './act.ts'
import { endSessions, removeUser, voidLinks } from './endings.ts'
import type { User } from './entities.ts'
import { devices, passwords } from './known.ts'
import { isRefused, recover } from './limits.ts'
import { queue } from './outbox.ts'
import { requireAnswer, requireInvalid, requireSame } from './replies.ts'
import { beginSession, type Typed } from './session-acts.ts'
import { rules, type State, userAt, userOf } from './state.ts'

export const signUp: Maker = (known, pick) => {
  const address = pick(known.addresses) ?? ''
  const password = pick([...passwords, 'short']) ?? ''
  return signUpAs({ address, password, device: pick(devices) ?? '' })
}

export function signUpAs({ address, password, device }: Typed): Act {
  const body = { email_address: address, password }
  const sent = { body, headers: { 'user-agent': device } }
  const act = request('POST /v1/registrations', sent, (state, reply) => {
    if (password === 'short') return requireInvalid(reply, 'password', 'too_short')
    if (isRefused(state, reply, ['sign_up', address])) return
    if (state.signUp === 'confirm') {
      requireAnswer(reply, 202)
      return register(state, address, password)
    }
    if (userAt(state, address)) return requireInvalid(reply, 'email_address', 'taken')
    requireAnswer(reply, 201)
    const user = newUser(reply.body.user.id, address, password)
    user.devices.push(device)
    state.users.push(user)
    recover(state, user)
    beginSession(state, user, { reply, device })
  })
  return beginning(act)
}

function register(state: State, address: string, password: string): void {
  const expiresAt = state.now + rules.proof
  const number = ++state.registered
  state.registrations.push({ address, password, number, token: null, expiresAt })
  queue(state, 'registration', address)
}

export function newUser(id: string, address: string, password: string): User {
  return { id, address, password, isVerified: false, isBanned: false, wanted: null, devices: [] }
}

export const whoAmI: Maker = (known, pick) => {
  const token = known.token(pick)
  return request('GET /v1/user', { token }, (state, reply) => {
    const session = admit(state, reply, token)
    if (!session) return
    requireAnswer(reply, 200)
    requireShown(userOf(state, session), reply.body.user)
  })
}

export function requireShown(user: User, shown: Record<string, unknown>): void {
  const { id, email_address, email_verified } = shown
  const expected = [user.id, user.address, user.isVerified]
  requireSame('The user', [id, email_address, email_verified], expected)
}

export const changeAddress: Maker = (known, pick) => {
  const { token, user } = known.holder(pick)
  const challenge = known.challenge(user, pick)
  const address = pick([...known.addresses, user?.address ?? '']) ?? ''
  const body = { email_address: address, ...passwordIn(challenge) }
  return request('PATCH /v1/user', { token, body }, (state, reply) => {
    const session = admitFresh(state, reply, { token, challenge })
    if (!session) return
    const user = userOf(state, session)
    if (user.address === address) return requireInvalid(reply, 'email_address', 'unchanged')
    if (isRefused(state, reply, ['email_verification', user.address])) return
    if (isRefused(state, reply, ['verification_mail', address])) return
    requireAnswer(reply, 202)
    user.wanted = address
    queue(state, 'email_verification', address, { userId: user.id })
  })
}

export const deleteOneself: Maker = (known, pick) => {
  const { token, user } = known.holder(pick)
  const challenge = known.challenge(user, pick)
  return request('DELETE /v1/user', { token, body: passwordIn(challenge) }, (state, reply) => {
    const session = admitFresh(state, reply, { token, challenge })
    if (!session) return
    requireAnswer(reply, 204)
    removeUser(state, userOf(state, session))
  })
}

/** The body of what is sensitive. */
export function passwordIn(challenge: string | null): object {
  return challenge === null ? {} : { password_challenge: challenge }
}

export const changePassword: Maker = (known, pick) => {
  const { token, user } = known.holder(pick)
  const challenge = known.password(user, pick)
  const password = pick([...passwords, 'short']) ?? ''
  const body = { password_challenge: challenge, password }
  return request('PUT /v1/password', { token, body }, (state, reply) => {
    const session = admit(state, reply, token)
    if (!session) return
    if (password === 'short') return requireInvalid(reply, 'password', 'too_short')
    const user = userOf(state, session)
    if (!meetChallenge(state, reply, { user, challenge })) return
    requireAnswer(reply, 200)
    user.password = password
    recover(state, user)
    session.provedAt = state.now
    endSessions(state, (each) => each.userId === user.id && each !== session)
    voidLinks(state, user)
    queue(state, 'password_changed', user.address, { userId: user.id })
  })
}
