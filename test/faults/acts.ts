// What people do. Each act has what it makes of which thing; who believes what afterwards follows from it.
import { born, bury, died, hasSession, idIn, text, tokenOf } from './doings.ts'
import {
  askForProof,
  askForReset,
  forgetLinks,
  hasAllMail,
  mailedLinks,
  mayAskForReset,
  mayProve,
  prove,
  redeemAgain,
  reset,
} from './link-acts.ts'
import type { Held, Person } from './person.ts'

export interface Act {
  /** How often it is chosen, beside the others. */
  readonly weight: number
  readonly isPossible: (person: Person) => boolean
  readonly run: (person: Person) => Promise<void>
}

/** The first of all: until it succeeds, or is found to have, there is nobody. */
export async function signUp(person: Person): Promise<void> {
  const { emailAddress: email_address } = person
  const { text: password, thing } = person.newPassword()
  let session: Held | null = null
  const { result } = await person.undertake('sign up', 'POST /v1/registrations', {
    body: { email_address, password },
    effects(reply) {
      session = reply && person.held('session', text(reply.body.token))
      const first = session ?? { thing: person.nameless() }
      return [born({ thing: person.userThing }), born({ thing }), born(first)]
    },
  })
  if (result === 'fail') person.isGone = true
  if (result === 'ok') Object.assign(person, { passwords: [password], sessions: [session] })
}

async function logIn(person: Person): Promise<void> {
  const password = person.passwords.at(-1)
  const thing = person.passwordThing
  const reply = await person.undertake('log in', 'POST /v1/session', {
    body: { email_address: person.emailAddress, password },
    effects(answer) {
      if (answer === null) return [born({ thing: person.nameless() })]
      const session = person.held('session', text(answer.body.token))
      person.sessions = [...person.sessions, session]
      return [born(session)]
    },
  })
  const { start, end, status, code } = reply
  const where = { start, end, source: 'api' } as const
  if (status === 200) person.see(thing, 'alive', where)
  if (code === 'invalid_credentials') person.see(thing, 'dead', where)
}

async function logOut(person: Person): Promise<void> {
  const session = person.chance.pick(person.sessions)
  if (!session) return
  const end = { token: session.token, effects: () => [died(session)] }
  const { result } = await person.undertake('log out', 'DELETE /v1/session', end)
  if (result === 'ok') await bury(person, 'sessions', [session])
}

async function revokeOne(person: Person): Promise<void> {
  const [one, other] = person.sessions
  if (!one || !other) return
  const about = await person.undertake('look at a session', 'GET /v1/session', {
    token: other.token,
  })
  const line = `DELETE /v1/sessions/${idIn(about.body.session)}`
  if (about.result !== 'ok') return
  const { result } = await person.undertake('revoke', line, {
    token: one.token,
    effects: () => [died(other)],
  })
  if (result === 'ok') await bury(person, 'sessions', [other])
}

async function revokeOthers(person: Person): Promise<void> {
  const [one, ...others] = person.sessions
  const { result } = await person.undertake('revoke others', 'DELETE /v1/sessions', {
    token: one?.token ?? '',
    effects: () => others.map(died),
  })
  if (result === 'ok') await bury(person, 'sessions', others)
}

async function rotate(person: Person): Promise<void> {
  const old = person.chance.pick(person.sessions)
  if (!old) return
  const { result } = await person.undertake('rotate', 'PUT /v1/session/token', {
    token: old.token,
    effects(reply) {
      if (reply === null) return [died(old), born({ thing: person.nameless() })]
      const session = person.held('session', text(reply.body.token))
      person.sessions = [...person.sessions, session]
      return [died(old), born(session)]
    },
  })
  if (result === 'ok') await bury(person, 'sessions', [old])
}

async function changePassword(person: Person): Promise<void> {
  const [one, ...others] = person.sessions
  const next = person.newPassword()
  const old = { thing: person.passwordThing }
  // Those that came before it began: a later one is another.
  const links = mailedLinks(person)
  const dead = [...others, ...links]
  const { result } = await person.undertake('change password', 'PUT /v1/password', {
    token: one?.token ?? '',
    body: { password_challenge: person.passwords.at(-1), password: next.text },
    effects: () => [died(old), born(next), ...dead.map(died)],
    mails: [{ to: person.emailAddress, subject: 'Your password was changed' }],
    links: 'die',
  })
  forgetLinks(person, links)
  if (result !== 'ok') return
  person.passwords = [next.text]
  await bury(person, 'sessions', others)
  for (const link of links) await redeemAgain(person, link)
}

async function createKey(person: Person): Promise<void> {
  const { emailAddress: to } = person
  await person.undertake('create a key', 'POST /v1/api_keys', {
    token: tokenOf(person),
    body: { name: 'Nightly build', scopes: ['projects:read'] },
    effects(reply) {
      if (reply === null) return []
      const { api_key, token } = reply.body
      const key = person.held('key', text(token), idIn(api_key))
      person.keys = [...person.keys, key]
      return [born(key)]
    },
    mails: [{ to, subject: 'A new API key was created' }],
  })
}

async function revokeKey(person: Person): Promise<void> {
  // Of one whose answer was lost nobody knows the id.
  const key = person.chance.pick(person.keys.filter(({ id }) => id !== ''))
  if (!key) return
  const { result } = await person.undertake('revoke a key', `DELETE /v1/api_keys/${key.id}`, {
    token: tokenOf(person),
    effects: () => [died(key)],
  })
  if (result === 'ok') await bury(person, 'keys', [key])
}

async function createProject(person: Person): Promise<void> {
  await person.undertake('create a project', 'POST /v1/projects', {
    token: tokenOf(person),
    body: { title: 'Garden' },
    effects(reply) {
      if (reply === null) return []
      const project = person.project(idIn(reply.body.project))
      person.projects = [...person.projects, project]
      return [born(project)]
    },
  })
}

async function deleteProject(person: Person): Promise<void> {
  const project = person.chance.pick(person.projects)
  if (!project) return
  await person.undertake('delete a project', `DELETE /v1/projects/${project.id}`, {
    token: tokenOf(person),
    effects: (reply) => {
      if (reply) person.projects = person.projects.filter((each) => each !== project)
      return [died(project)]
    },
  })
}

async function deleteUser(person: Person): Promise<void> {
  const { sessions, keys, projects, passwordThing, userThing } = person
  const links = mailedLinks(person)
  const all = [...sessions, ...keys, ...links, ...projects].map(({ thing }) => thing)
  const { result } = await person.undertake('delete a user', 'DELETE /v1/user', {
    token: tokenOf(person),
    body: { password_challenge: person.passwords.at(-1) },
    effects: () => [userThing, passwordThing, ...all].map((thing) => died({ thing })),
    links: 'die',
  })
  if (result !== 'ok') return
  person.isGone = true
  for (const held of [...sessions, ...keys]) await person.ask(held)
}

async function check(person: Person): Promise<void> {
  const held = person.chance.pick([...person.things.values()])
  if (held) await person.ask(held)
}

export const acts: readonly Act[] = [
  {
    weight: 6,
    isPossible: ({ passwords, sessions }) => passwords.length > 0 && sessions.length < 6,
    run: logIn,
  },
  { weight: 3, isPossible: hasSession, run: logOut },
  { weight: 3, isPossible: ({ sessions }) => sessions.length > 1, run: revokeOne },
  { weight: 1, isPossible: ({ sessions }) => sessions.length > 1, run: revokeOthers },
  { weight: 3, isPossible: hasSession, run: rotate },
  { weight: 2, isPossible: hasSession, run: changePassword },
  { weight: 4, isPossible: mayAskForReset, run: askForReset },
  { weight: 20, isPossible: (each) => mailedLinks(each).length > 0, run: reset },
  {
    weight: 3,
    isPossible: (each) =>
      hasSession(each) && !each.isVerified && !mayProve(each) && hasAllMail(each, 'lkv_'),
    run: askForProof,
  },
  { weight: 20, isPossible: mayProve, run: prove },
  { weight: 4, isPossible: (each) => hasSession(each) && each.isVerified, run: createKey },
  { weight: 2, isPossible: (each) => hasSession(each) && each.keys.length > 0, run: revokeKey },
  { weight: 3, isPossible: hasSession, run: createProject },
  {
    weight: 1,
    isPossible: (each) => hasSession(each) && each.projects.length > 0,
    run: deleteProject,
  },
  { weight: 0.3, isPossible: hasSession, run: deleteUser },
  { weight: 6, isPossible: () => true, run: check },
]
