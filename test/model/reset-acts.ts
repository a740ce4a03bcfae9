import { type Maker, request } from './act.ts'
import { endEverything, voidLinks } from './endings.ts'
import { passwords } from './known.ts'
import { isRefused, recover } from './limits.ts'
import { queue } from './outbox.ts'
import { requireAnswer, requireInvalid } from './replies.ts'
import { findLink, userOf } from './state.ts'

export const requestReset: Maker = (known, pick) => {
  const address = known.address(pick)
  const body = { email_address: address }
  return request('POST /v1/passwords', { body }, (state, reply) => {
    if (isRefused(state, reply, ['password_reset', address])) return
    requireAnswer(reply, 200)
    queue(state, 'password_reset', address)
  })
}

export const reset: Maker = (known, pick) => {
  const token = known.link('reset', pick)
  const password = pick([...passwords, 'short']) ?? ''
  const body = { token, password }
  const [line, sent] = pick([
    ['PUT /v1/passwords', body],
    [`PATCH /v1/passwords/${token}`, { password }],
  ] as const) ?? ['PUT /v1/passwords', body]
  return request(line, { body: sent }, (state, reply) => {
    const link = findLink(state, 'reset', token)
    if (!link) return requireAnswer(reply, 401, 'invalid_reset_token')
    if (password === 'short') return requireInvalid(reply, 'password', 'too_short')
    requireAnswer(reply, 200)
    const user = userOf(state, link)
    user.password = password
    user.isVerified = true
    recover(state, user)
    endEverything(state, user)
    voidLinks(state, user)
    queue(state, 'password_changed', user.address, { userId: user.id })
  })
}
