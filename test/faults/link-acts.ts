// What people do by links in mails: choose another password, and prove their address.
import { maximumPasswordResets } from '../../src/core/password-resets.ts'
import { born, bury, died, hasSession, tokenOf } from './doings.ts'
import type { Held, Person } from './person.ts'

export async function askForReset(person: Person): Promise<void> {
  const { emailAddress: to } = person
  const { result } = await person.undertake('ask for a reset', 'POST /v1/passwords', {
    body: { email_address: to },
    mails: [{ to, subject: 'Reset your password' }],
  })
  if (result !== 'fail') person.asked.lkr_ += 1
}

export async function reset(person: Person): Promise<void> {
  const { sessions, keys } = person
  const [link] = mailedLinks(person)
  if (!link) return
  const arrived = tokensOf(person, 'lkr_').length
  const next = person.newPassword()
  const old = { thing: person.passwordThing }
  const others = mailedLinks(person).filter(({ thing }) => thing !== link.thing)
  const dead = [old, link, ...others, ...sessions, ...keys]
  const { result } = await person.undertake('reset', `PUT /v1/passwords/${link.token}`, {
    body: { password: next.text },
    effects: () => [born(next), ...dead.map(died)],
    mails: [{ to: person.emailAddress, subject: 'Your password was changed' }],
    moots: [confirmation(person)],
    links: 'die',
  })
  person.usedLinks.add(link.thing)
  forgetLinks(person, others)
  if (result !== 'ok') return
  person.deadResets = arrived
  Object.assign(person, { passwords: [next.text], keys: [], isVerified: true })
  await bury(person, 'sessions', sessions)
  for (const key of keys) await person.ask(key)
  await redeemAgain(person, link)
}

/** A link that was used, with a password that must never become anybody's. */
export async function redeemAgain(person: Person, link: Held): Promise<void> {
  const line = `PUT /v1/passwords/${link.token}`
  const { text: password } = person.newPassword()
  const { start, end, status } = await person.undertake('use a link again', line, {
    body: { password },
  })
  const where = { start, end, source: 'api' } as const
  if (status === 200) person.see(link.thing, 'alive', where)
  if (status === 401) person.see(link.thing, 'dead', where)
  person.usedLinks.add(link.thing)
}

export async function askForProof(person: Person): Promise<void> {
  const asked = { token: tokenOf(person), mails: [confirmation(person)] }
  const line = 'POST /v1/email_verifications'
  const { result } = await person.undertake('ask for a proof', line, asked)
  if (result !== 'fail') person.asked.lkv_ += 1
}

export async function prove(person: Person): Promise<void> {
  const token = tokensOf(person, 'lkv_').at(-1) ?? ''
  const { result } = await person.undertake('prove', 'PUT /v1/email_verifications', {
    token: tokenOf(person),
    body: { token },
    moots: [confirmation(person)],
    links: 'die',
  })
  if (result === 'ok') person.isVerified = true
  // It died with a password.
  if (result === 'fail') person.deadProofs = tokensOf(person, 'lkv_').length
}

// Of a link that came while others were voided nobody knows whether it was one of them.
export function forgetLinks(person: Person, known: readonly Held[]): void {
  const came = mailedLinks(person).filter(
    ({ thing }) => !known.some((each) => each.thing === thing),
  )
  for (const { thing } of came) person.usedLinks.add(thing)
}

export function mailedLinks(person: Person): readonly Held[] {
  const { post } = person.world
  const tokens = post.tokensOf(person.emailAddress, 'lkr_')
  const living = tokens.filter((token) => !post.isDeadOnArrival(token))
  const links = living.map((token) => person.held('link', token))
  return links.filter(({ thing }) => !person.usedLinks.has(thing))
}

function tokensOf({ world, emailAddress }: Person, prefix: 'lkr_' | 'lkv_'): readonly string[] {
  return world.post.tokensOf(emailAddress, prefix)
}

// What waits in the outbox is one mail, however often it is asked for.
export const hasAllMail = (person: Person, prefix: 'lkr_' | 'lkv_') =>
  tokensOf(person, prefix).length >= person.asked[prefix]
// Of links that a kill left in doubt nobody knows whether they live, and behind as many as may no other is sent.
export const mayAskForReset = (person: Person) =>
  hasAllMail(person, 'lkr_') &&
  mailedLinks(person).length === 0 &&
  tokensOf(person, 'lkr_').length - person.deadResets < maximumPasswordResets
export const mayProve = (person: Person) =>
  hasSession(person) && !person.isVerified && tokensOf(person, 'lkv_').length > person.deadProofs

const confirmation = ({ emailAddress: to }: Person) => ({
  to,
  subject: 'Confirm your email address',
})
