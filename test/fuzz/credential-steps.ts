// What is done with tokens and with what belongs to somebody: what is dead stays dead, and what is
// another's does not exist.
import { expect } from 'vitest'
import { by, holdSession } from './account-steps.ts'
import type { Credential, Person } from './people.ts'
import { isLimited, type Step } from './steps.ts'
import type { World } from './world.ts'

const logOut: Step = async (world, pick) => {
  const session = pick(world.people.credentials('live', ['session']))
  if (!session) return
  const answered = await world.ask('DELETE /v1/session', by(session))
  if (isLimited(world, answered)) return
  expect(answered.status).toBe(200)
  session.state = 'dead'
}

const rotate: Step = async (world, pick) => {
  const session = pick(world.people.credentials('live', ['session']))
  if (!session) return
  const answered = await world.ask('PUT /v1/session/token', by(session))
  if (isLimited(world, answered)) return
  expect(answered.status).toBe(200)
  session.state = 'dead'
  await holdSession(world, session.owner, answered.body.token)
}

const endOthers: Step = async (world, pick) => {
  const session = pick(world.people.credentials('live', ['session']))
  if (!session) return
  const answered = await world.ask('DELETE /v1/sessions', by(session))
  if (isLimited(world, answered)) return
  expect(answered.status).toBe(200)
  session.owner.end((each) => each.kind === 'session' && each !== session)
}

const endById: Step = async (world, pick) => {
  const session = pick(world.people.credentials('live', ['session']))
  const ended = pick(session?.owner.credentials.filter(({ kind }) => kind !== 'link') ?? [])
  if (!session || !ended) return
  const path = ended.kind === 'key' ? 'api_keys' : 'sessions'
  const answered = await world.ask(`DELETE /v1/${path}/${ended.id}`, by(session))
  if (isLimited(world, answered)) return
  if (ended.state === 'live') expect(answered.status).toBe(204)
  // A rotated token has the session of the one that came after it.
  if (answered.status === 204) session.owner.end(({ id }) => id === ended.id)
}

const createKey: Step = async (world, pick) => {
  const session = pick(world.people.credentials('live', ['session']))
  if (!session?.owner.password) return
  const scopes = pick([['projects:read'], ['projects:read', 'projects:write']])
  const body = { name: 'Nightly build', scopes, password_challenge: session.owner.password }
  const answered = await world.ask('POST /v1/api_keys', { ...by(session), body })
  if (answered.status !== 201) return
  session.owner.hold('key', answered.body.token, answered.body.api_key.id)
}

const createProject: Step = async (world, pick) => {
  const credential = pick(world.people.credentials('live', ['session', 'key']))
  if (!credential) return
  const body = { title: 'Garden', description: credential.owner.emailAddress }
  const answered = await world.ask('POST /v1/projects', { ...by(credential), body })
  if (answered.status === 201) credential.owner.projects.push(answered.body.project.id)
}

const touchForeign: Step = async (world, pick) => {
  const session = pick(world.people.credentials('live', ['session']))
  const path = session && pick(foreignPaths(world, session.owner))
  if (session && path) await requireHidden(world, session, path)
}

/** Everything that has an id and is another's. */
function foreignPaths({ people }: World, reader: Person): string[] {
  return people.all
    .filter((person) => person !== reader)
    .flatMap(({ projects, credentials }) => [
      ...projects.map((id) => `/v1/projects/${id}`),
      ...credentials.flatMap(({ kind, id }) =>
        kind === 'link' ? [] : [kind === 'key' ? `/v1/api_keys/${id}` : `/v1/sessions/${id}`],
      ),
    ])
}

async function requireHidden(world: World, session: Credential, path: string): Promise<void> {
  const body = { title: 'Mine', name: 'Mine' }
  for (const method of ['GET', 'PATCH', 'DELETE']) {
    const asked = method === 'PATCH' ? { ...by(session), body } : by(session)
    const { status } = await world.ask(`${method} ${path}`, asked)
    expect([404, 405, 429]).toContain(status)
  }
}

const useLive: Step = async (world, pick) => {
  const credential = pick(world.people.credentials('live', ['session', 'key']))
  const path = pick(pathsOf(world, 'get').filter((path) => !path.includes('{')))
  if (!credential || !path) return
  const answered = await world.ask(`GET ${path}`, by(credential))
  const isOpen = credential.kind === 'session' || path === '/v1/projects'
  if (!isLimited(world, answered)) expect(answered.status).toBe(isOpen ? 200 : 403)
}

/** What is true at the end of a life: whatever has ended is of no use, and what is another's hidden. */
export async function settle(world: World): Promise<void> {
  for (const dead of world.people.credentials('dead', ['session', 'key'])) {
    const answered = await world.ask('GET /v1/projects', { token: dead.token })
    if (!isLimited(world, answered)) expect(answered.status).toBe(401)
  }
  for (const session of world.people.credentials('live', ['session']).slice(0, 2)) {
    for (const path of foreignPaths(world, session.owner).slice(0, 3)) {
      await requireHidden(world, session, path)
    }
  }
}

const useDead: Step = async (world, pick) => {
  const dead = pick(world.people.credentials('dead', ['session', 'key', 'link']))
  const method = pick(['get', 'post', 'put', 'patch', 'delete'])
  const path = pick(pathsOf(world, method ?? 'get'))
  if (!dead || !method || !path) return
  const line = `${method.toUpperCase()} ${path.replace(/\{\w+\}/, dead.id || someId)}`
  const answered = await world.ask(line, { token: dead.token })
  if (isLimited(world, answered)) return
  expect([answered.status, answered.body?.code]).toEqual([401, 'invalid_token'])
  const body = { token: dead.token, password: 'a password of somebody' }
  for (const line of ['PUT /v1/passwords', 'PUT /v1/email_verifications']) {
    expect([401, 429]).toContain((await world.ask(line, { body })).status)
  }
}

const someId = '00000000-0000-7000-8000-000000000000'

/** The paths that are for users, and closed to whoever sends no credential. */
function pathsOf({ target: { document } }: World, method: string): string[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    operations[method]?.security.some((scheme) => 'session' in Object(scheme)) ? [path] : [],
  )
}

export const credentialSteps: readonly Step[] = [
  logOut,
  rotate,
  endOthers,
  endById,
  createKey,
  createProject,
  touchForeign,
  useLive,
  useDead,
]
