// What people do with their account, and what that ends.
import { expect } from 'vitest'
import { type Credential, Person } from './people.ts'
import { isLimited, type Step } from './steps.ts'
import type { World } from './world.ts'

export const signUp: Step = async (world) => {
  const emailAddress = world.newEmailAddress()
  const person = new Person(emailAddress, 'correct horse battery')
  const body = { email_address: emailAddress, password: person.password }
  const answered = await world.ask('POST /v1/registrations', { body, reader: person })
  if (isLimited(world, answered)) return
  expect([answered.status, answered.body.error]).toEqual([201, undefined])
  world.people.all.push(person)
  await holdSession(world, person, answered.body.token)
}

const logIn: Step = async (world, pick) => {
  const person = pick(world.people.all)
  if (!person?.password) return
  const body = { email_address: person.emailAddress, password: person.password }
  const answered = await world.ask('POST /v1/session', { body, reader: person })
  if (answered.status === 200) return holdSession(world, person, answered.body.token)
  if (person.isThere) expect(isLimited(world, answered)).toBe(true)
}

const guess: Step = async (world, pick) => {
  const person = pick(world.people.all)
  if (!person) return
  const wrong = pick(['', 'wrong horse battery', 'correct horse battery ', '\0', ' '])
  const body = { email_address: person.emailAddress, password: wrong }
  for (let times = pick([1, 12]) ?? 1; times > 0; times--) {
    const answered = await world.ask('POST /v1/session', { body })
    if (!isLimited(world, answered)) expect(answered.status).toBe(401)
  }
}

const verifyAddress: Step = async (world, pick) => {
  const session = pick(world.people.credentials('live', ['session']))
  if (!session) return
  const asked = await world.ask('POST /v1/email_verifications', by(session))
  const link = asked.status === 202 ? await mailedLink(world, session.owner, /lkv_\w+/) : null
  if (!link) return
  const body = { token: link.token }
  const answered = await world.ask('PUT /v1/email_verifications', { ...by(session), body })
  if (isLimited(world, answered)) return
  expect(answered.status).toBe(200)
  link.state = 'dead'
}

const requestReset: Step = async (world, pick) => {
  const person = pick(world.people.all)
  if (!person) return
  const body = { email_address: person.emailAddress }
  const answered = await world.ask('POST /v1/passwords', { body })
  if (isLimited(world, answered)) return
  expect(answered.status).toBe(200)
  await mailedLink(world, person, /lkr_\w+/)
}

const redeemReset: Step = async (world, pick) => {
  const link = pick(world.people.credentials('live', ['link']))
  if (!link) return
  const password = 'another horse battery'
  const body = { token: link.token, password, password_confirmation: password }
  const { status } = await world.ask('PUT /v1/passwords', { body })
  // It may have expired meanwhile, be for something else, or belong to an account that is gone.
  if (status !== 200) return
  link.owner.password = password
  link.owner.end(() => true)
}

const changePassword: Step = async (world, pick) => {
  const session = pick(world.people.credentials('live', ['session']))
  if (!session?.owner.password) return
  const password = 'third horse battery'
  const body = { password_challenge: session.owner.password, password }
  const answered = await world.ask('PUT /v1/password', { ...by(session), body })
  if (isLimited(world, answered)) return
  expect(answered.status).toBe(200)
  session.owner.password = password
  session.owner.end((each) => each !== session && each.kind !== 'key')
}

const deleteOneself: Step = async (world, pick) => {
  const session = pick(world.people.credentials('live', ['session']))
  // Seldom: whoever is gone does nothing more.
  if (!session?.owner.password || pick([0, 1, 2, 3]) !== 0) return
  const body = { password_challenge: session.owner.password }
  const answered = await world.ask('DELETE /v1/user', { ...by(session), body })
  if (isLimited(world, answered)) return
  expect(answered.status).toBe(204)
  session.owner.isThere = false
  session.owner.end(() => true)
}

const wait: Step = async ({ target: { server } }, pick) => {
  server.clock.advance({ minutes: pick([1, 5, 11]) ?? 1 })
}

/** How a request is sent by whoever holds a credential. */
export function by({ token, owner }: Credential): { token: string; reader: Person } {
  return { token, reader: owner }
}

/** Whoever has a new token, and the id that lists call it by. */
export async function holdSession(world: World, person: Person, token: string): Promise<void> {
  const { status, body } = await world.ask('GET /v1/session', { token, reader: person })
  expect(status).toBe(200)
  person.hold('session', token, body.session.id)
}

/** The link in the newest mail to somebody; null where it has none of this kind, or an older one. */
async function mailedLink(world: World, person: Person, kind: RegExp): Promise<Credential | null> {
  const { mailbox, outbox } = world.target.server
  await outbox.deliverDue()
  const mail = mailbox.mails.find(({ to }) => to === person.emailAddress)
  const token = kind.exec(mail?.text ?? '')?.[0]
  const isKnown = person.credentials.some((each) => each.token === token)
  return token && !isKnown ? person.hold('link', token) : null
}

export const accountSteps: readonly Step[] = [
  signUp,
  logIn,
  guess,
  verifyAddress,
  requestReset,
  redeemReset,
  changePassword,
  deleteOneself,
  wait,
]
