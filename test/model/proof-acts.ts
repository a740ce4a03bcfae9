// Links that prove an address, change it, or complete a sign-up.

import type { Reply } from '../harness.ts'
import { admit, meetChallenge, noteUse, usedBy, wasGood } from './access.ts'
import { newUser, requireShown } from './account-acts.ts'
import { type Act, type Maker, request } from './act.ts'
import { voidLinks } from './endings.ts'
import type { Link, Registration } from './entities.ts'
import { mostly, passwords } from './known.ts'
import { isRefused, recover } from './limits.ts'
import { queue } from './outbox.ts'
import { requireAnswer, requireInvalid } from './replies.ts'
import { findLink, findWaiting, liveKey, liveSession, type State, userAt, userOf } from './state.ts'

export const requestProof: Maker = (known, pick) => requestProofBy(known.session(pick))

export function requestProofBy(token: string | null): Act {
  return request('POST /v1/email_verifications', { token }, (state, reply) => {
    const session = admit(state, reply, token)
    if (!session) return
    const user = userOf(state, session)
    if (isRefused(state, reply, ['email_verification', user.address])) return
    requireAnswer(reply, 202)
    if (user.isVerified) return
    queue(state, 'email_verification', user.address, { userId: user.id })
  })
}

/** What somebody opens a link with. */
interface Opened {
  readonly link: string
  readonly token: string | null
  readonly password: string | null
}

export const openProof: Maker = (known, pick) => {
  const link = known.link('proof', pick)
  const { state } = known
  const proof = state.links.find((each) => each.token === link)
  const waiting = state.registrations.find((each) => each.token === link)
  const owner = proof ? userOf(state, proof) : null
  const right = owner?.password ?? waiting?.password
  const password = mostly(pick, right ? [right] : [null], [null, ...passwords]) ?? null
  const own = state.sessions.filter(({ userId }) => userId === owner?.id)
  const token = pick([null, ...own.map((each) => each.token), known.token(pick)]) ?? null
  return openProofWith({ link, token, password })
}

export function openProofWith({ link, token, password }: Opened): Act {
  const body = { token: link, ...(password === null ? {} : { password }) }
  const act = request('PUT /v1/email_verifications', { token, body }, (state, reply) =>
    open(state, reply, { link, token, password }),
  )
  // Who asks is looked at only where the link is good.
  return { ...act, token: null }
}

function open(state: State, reply: Reply, { link, token, password }: Opened) {
  const proof = findLink(state, 'proof', link)
  const registration = findWaiting(state, link)
  if (!proof && !registration) return requireAnswer(reply, 401, 'invalid_verification_token')
  if (token !== null) {
    const used = usedBy(state, token)
    if (used) noteUse(state, used)
    if (liveKey(state, token)) return requireAnswer(reply, 403, 'insufficient_scope')
    const isLate = wasGood(state, token) && reply.body?.code !== 'invalid_token'
    if (!liveSession(state, token) && !isLate) return requireAnswer(reply, 401, 'invalid_token')
  }
  const session = token === null ? null : liveSession(state, token)
  if (!proof || session?.userId !== proof.userId) {
    if (password === null) return requireInvalid(reply, 'password', 'blank')
    // The password of that very sign-up, tries at which are counted by themselves.
    const signedUp = registration && { id: `${registration.number}`, ...registration }
    const user = proof ? userOf(state, proof) : signedUp
    if (!user || !meetChallenge(state, reply, { user, challenge: password, field: 'password' }))
      return
  }
  if (proof) prove(state, reply, proof)
  else if (registration) confirm(state, reply, registration)
}

function prove(state: State, reply: Reply, proof: Link) {
  const user = userOf(state, proof)
  const { address } = proof
  const isOwn = user.address === address
  if (!isOwn && user.wanted === address && userAt(state, address)) {
    return requireInvalid(reply, 'email_address', 'taken')
  }
  state.links = state.links.filter((each) => each !== proof)
  if (!isOwn && user.wanted !== address) {
    return requireAnswer(reply, 401, 'invalid_verification_token')
  }
  requireAnswer(reply, 200)
  user.isVerified = true
  if (!isOwn) {
    queue(state, 'email_changed', user.address)
    recover(state, user)
    user.address = address
    recover(state, user)
    voidLinks(state, user)
  }
  requireShown(user, reply.body.user)
}

function confirm(state: State, reply: Reply, registration: Registration) {
  const { address, password } = registration
  const isTaken = userAt(state, address) !== null
  state.registrations = state.registrations.filter((each) => each.address !== address)
  if (isTaken) return requireInvalid(reply, 'email_address', 'taken')
  requireAnswer(reply, 200)
  const user = newUser(reply.body.user.id, address, password)
  user.isVerified = true
  state.users.push(user)
  recover(state, user)
  requireShown(user, reply.body.user)
}
