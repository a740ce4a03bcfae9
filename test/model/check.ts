// Whether everything that was ever handed out works or does not, as the model says.
import { type Act, request } from './act.ts'
import { listSessionsOf } from './device-acts.ts'
import { deliverBy } from './ending-acts.ts'
import { listKeysOf, tryToken } from './key-acts.ts'
import { passwords } from './known.ts'
import { requireAnswer, requireInvalid } from './replies.ts'
import { logInAs } from './session-acts.ts'
import { findLink, findWaiting } from './state.ts'
import type { World } from './world.ts'

const lately = 8

/** What was handed out lately; it changes nothing but what is noted of a use. */
export function check(world: World): Promise<void> {
  const { tokens, links } = world.known
  return checkThese(world, { tokens: tokens.slice(-lately), links: links.slice(-lately) })
}

/** Everything, and the mails that wait, and every password. */
export async function checkAtTheEnd(world: World): Promise<void> {
  const { known } = world
  await checkThese(world, known)
  await world.do(deliverBy(known))
  for (const address of known.addresses) {
    for (const password of passwords) {
      await world.do(logInAs({ address, password, device: 'curl/8.5.0' }))
    }
  }
}

interface HandedOut {
  readonly tokens: readonly string[]
  readonly links: readonly string[]
}

async function checkThese(world: World, { tokens, links }: HandedOut): Promise<void> {
  for (const token of [...tokens]) await world.do(tryToken(token))
  for (const link of [...links]) await world.do(lookAt(link))
  const held = new Map(world.known.state.sessions.map((each) => [each.userId, each.token]))
  for (const token of held.values()) {
    await world.do(listSessionsOf(token))
    await world.do(listKeysOf(token))
  }
}

// With what no link accepts: so it is told whether it is good, and stays so.
function lookAt(token: string): Act {
  if (token.startsWith('lkr_')) {
    const body = { token, password: 'short' }
    return request('PUT /v1/passwords', { body }, (state, reply) => {
      if (findLink(state, 'reset', token)) requireInvalid(reply, 'password', 'too_short')
      else requireAnswer(reply, 401, 'invalid_reset_token')
    })
  }
  return request('PUT /v1/email_verifications', { body: { token } }, (state, reply) => {
    const isGood = findLink(state, 'proof', token) ?? findWaiting(state, token)
    if (isGood) requireInvalid(reply, 'password', 'blank')
    else requireAnswer(reply, 401, 'invalid_verification_token')
  })
}
