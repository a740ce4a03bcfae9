// Which mails leave, to whom, and in which order.

import type { Arrived, Message, MessageKind } from './entities.ts'
import { Difference, requireSame } from './replies.ts'
import { rules, type State, userAt } from './state.ts'

const subjects = {
  password_reset: 'Reset your password',
  password_changed: 'Your password was changed',
  new_sign_in: 'New sign-in to your account',
  email_verification: 'Confirm your email address',
  email_changed: 'Your email address was changed',
  registration: 'Confirm your email address',
  address_taken: 'Somebody tried to sign up with your address',
  api_key_created: 'A new API key was created',
  api_key_expiring: 'An API key is about to expire',
}

type About = Partial<Pick<Message, 'userId' | 'keyId'>>

/** Of what is asked for again while it waits, there is one. */
export function queue(state: State, kind: MessageKind, to: string, about: About = {}): void {
  const { userId = null, keyId = null } = about
  const isOnce = ['password_reset', 'email_verification', 'registration'].includes(kind)
  const isSame = (each: Message) => each.kind === kind && each.to === to && each.userId === userId
  if (isOnce && state.messages.some((each) => !each.isSent && isSame(each))) return
  state.messages.push({
    kind,
    to,
    userId,
    keyId,
    queuedAt: state.now,
    isSent: false,
    isHeld: false,
  })
}

/** What waits leaves, one after the other: the mails that arrived are these, in this order. */
export function beginDelivery(state: State, arrived: readonly Arrived[]): void {
  state.arrived = [...arrived]
  queueNotices(state)
}

export function deliverNext(state: State): void {
  const message = state.messages.find(({ isSent, isHeld }) => !isSent && !isHeld)
  if (!message) return
  const expected = drafts[message.kind](state, message)
  if (!expected) {
    state.messages = state.messages.filter((each) => each !== message)
    return
  }
  const mail = state.arrived.shift()
  if (!mail) throw new Difference(`A mail to ${message.to} is missing: ${message.kind}`)
  requireSame('A mail', [mail.to, mail.subject], [message.to, subjects[expected.as]])
  requireSame('What is in it', mail.token?.slice(0, 4), expected.prefix)
  message.isSent = true
  if (mail.token) expected.keep?.(mail.token)
}

/** PostgreSQL's SKIP LOCKED: it leaves with the next delivery. */
export function passOver(state: State, number: number): void {
  const waiting = state.messages.filter(({ isSent }) => !isSent)
  for (const [index, message] of waiting.entries()) message.isHeld = index === number
}

export function endDelivery({ arrived, messages }: State): void {
  for (const message of messages) message.isHeld = false
  if (arrived.length > 0) throw new Difference(`Too many mails: ${JSON.stringify(arrived)}`)
}

// Whose key ends within a week is told so, once.
function queueNotices(state: State): void {
  const isDue = (at: number | null) => at !== null && at <= state.now
  const due = state.keys.filter((key) => isDue(key.noticeAt) && key.expiresAt > state.now)
  for (const key of due.sort((one, other) => (one.noticeAt ?? 0) - (other.noticeAt ?? 0))) {
    key.noticeAt = null
    const user = state.users.find(({ id }) => id === key.userId)
    if (user) queue(state, 'api_key_expiring', user.address, { userId: user.id, keyId: key.id })
  }
}

interface Draft {
  readonly as: keyof typeof subjects
  readonly prefix?: string
  /** What the link in it opens. */
  keep?(token: string): void
}

const drafts: Record<MessageKind, (state: State, message: Message) => Draft | null> = {
  password_reset(state, { to }) {
    const user = userAt(state, to)
    if (!user || user.isBanned) return null
    const own = state.links.filter(({ kind, userId }) => kind === 'reset' && userId === user.id)
    if (own.filter(({ expiresAt }) => expiresAt > state.now).length >= rules.resets) return null
    const link = { kind: 'reset', userId: user.id, address: to } as const
    const expiresAt = state.now + rules.reset
    const keep = (token: string) => state.links.push({ ...link, token, expiresAt })
    return { as: 'password_reset', prefix: 'lkr_', keep }
  },

  email_verification(state, { to, userId }) {
    const user = state.users.find(({ id }) => id === userId)
    if (!user || user.isBanned) return null
    const isOwn = to === user.address
    if (isOwn ? user.isVerified : user.wanted !== to) return null
    if (!isOwn && userAt(state, to)) return { as: 'address_taken' }
    const link = { kind: 'proof', userId: user.id, address: to } as const
    const expiresAt = state.now + rules.proof
    const keep = (token: string) => state.links.push({ ...link, token, expiresAt })
    return { as: 'email_verification', prefix: 'lkv_', keep }
  },

  registration(state, { to }) {
    const own = state.registrations.filter(({ address }) => address === to)
    const others = state.registrations.filter(({ address }) => address !== to)
    if (userAt(state, to)) {
      state.registrations = others
      return { as: 'address_taken' }
    }
    const live = own.filter(({ expiresAt }) => expiresAt > state.now)
    const [newest] = live.sort((one, other) => other.number - one.number)
    if (!newest) return null
    const keep = (token: string) => {
      const mailed = { ...newest, token, expiresAt: state.now + rules.proof }
      // The link of an earlier mail stays valid, beside the new one.
      const again = { ...mailed, number: ++state.registered }
      const linked = own.filter((each) => each.token !== null)
      const links = [...linked, newest.token === null ? mailed : again]
      state.registrations = [...others, ...links.slice(-rules.registrations)]
    }
    return { as: 'registration', prefix: 'lkv_', keep }
  },

  password_changed: (state, message) =>
    isOneTooMany(state, message) ? null : { as: 'password_changed' },
  new_sign_in: (state, message) => (isOneTooMany(state, message) ? null : { as: 'new_sign_in' }),
  email_changed: () => ({ as: 'email_changed' }),
  api_key_created: () => ({ as: 'api_key_created' }),
  api_key_expiring(state, { keyId }) {
    const isThere = state.keys.some(({ id, expiresAt }) => id === keyId && expiresAt > state.now)
    return isThere ? { as: 'api_key_expiring' } : null
  },
}

// Whoever has not proved the address may not be its owner, who gets ten of these a day.
function isOneTooMany(state: State, message: Message): boolean {
  const user = state.users.find(({ id }) => id === message.userId)
  if (!user || user.isVerified) return false
  const earlier = state.messages.slice(0, state.messages.indexOf(message))
  const isLike = ({ kind, userId }: Message) => kind === message.kind && userId === user.id
  const since = message.queuedAt - 86_400_000
  const like = earlier.filter((each) => isLike(each) && each.queuedAt > since)
  return like.length >= rules.noticesADay
}
