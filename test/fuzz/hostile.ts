// A request as nobody sends it who means well, made from the document of the routes.
import fc from 'fast-check'
import { holdSession } from './account-steps.ts'
import { type BodyPlan, contentEncodingOf, encode, hostileBody } from './bodies.ts'
import { type CredentialPlan, hostileCredential, hostileHeaders } from './headers.ts'
import type { Credential, Person } from './people.ts'
import type { Document } from './rules.ts'
import type { Command } from './steps.ts'
import { hostileTarget, spell, type TargetPlan } from './targets.ts'
import type { Sent } from './wire.ts'
import { type Answered, shorten, type World } from './world.ts'

interface Plan {
  readonly route: Operation
  readonly method: string | null
  readonly target: TargetPlan
  readonly credential: CredentialPlan
  readonly headers: readonly (readonly [string, string])[]
  readonly body: BodyPlan | null
  /** Which of the people, of their tokens, of their things. */
  readonly number: number
}

interface Operation {
  readonly method: string
  readonly path: string
  readonly fields: readonly string[]
}

export function hostileCommands(document: Document): fc.Arbitrary<Command> {
  const operations = [...operationsOf(document), { method: 'GET', path: '/nowhere', fields: [] }]
  // There is more to be wrong where there is a body.
  const readers = operations.filter(({ fields }) => fields.length > 0)
  const all = [...operations, ...readers, ...readers]
  return fc.constantFrom(...all).chain((route) => planOf(route).map(command))
}

function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { requestBody }]) => {
      const schema = requestBody?.content['application/json']?.schema ?? {}
      const fields = Object.keys(Object(Object(schema).properties))
      return { method: method.toUpperCase(), path, fields }
    }),
  )
}

function planOf(route: Operation): fc.Arbitrary<Plan> {
  const body = hostileBody(route.fields)
  const isRead = route.fields.length > 0
  return fc.record({
    route: fc.constant(route),
    method: fc.oneof(
      { weight: 8, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom(...methods) },
    ),
    target: hostileTarget,
    credential: hostileCredential,
    headers: hostileHeaders,
    body: isRead
      ? fc.option(body, { freq: 8 })
      : fc.oneof(fc.constant(null), fc.constant(null), body),
    number: fc.nat(1_000),
  })
}

const methods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'QUERY',
  'PROPFIND',
]

function command(plan: Plan): Command {
  return {
    check: () => true,
    run: (world) => run(world, plan),
    // The request itself is shown by whoever judges its answer.
    toString: () => `hostile ${shorten(fc.stringify({ ...plan, body: plan.body?.encoding }))}`,
  }
}

async function run(world: World, plan: Plan): Promise<void> {
  const { all } = world.people
  const person = all[plan.number % all.length] ?? null
  const credential = person && choose(person, plan)
  const sent = toRequest(world, plan, { person, credential })
  const answered = await world.send(sent, person)
  if (person && answered.status < 300) await follow(world, sent, { person, credential, answered })
}

function choose({ credentials }: Person, { credential, number }: Plan): Credential | null {
  const fitting = credentials.filter(({ kind, state }) => {
    if (credential.holder === 'live') return kind === 'session' && state !== 'dead'
    return credential.holder === 'dead' ? state === 'dead' : kind === credential.holder
  })
  return fitting[number % fitting.length] ?? null
}

interface Sender {
  readonly person: Person | null
  readonly credential: Credential | null
}

function toRequest(world: World, plan: Plan, { person, credential }: Sender): Sent {
  const fill = filler(world, plan, person)
  const { template } = plan.credential
  const headers = [['Host', 'localhost'] as const, ...plan.headers]
  const token = credential?.token ?? 'lks_11111111111111111111111111111111111111'
  if (template !== null) headers.push(['Authorization', template.replaceAll('TOKEN', token)])
  if (plan.body && plan.body.type !== null) headers.push(['Content-Type', plan.body.type])
  const contentEncoding = plan.body && contentEncodingOf(plan.body)
  if (contentEncoding) headers.push(['Content-Encoding', contentEncoding])
  const body = plan.body && encode(plan.body, fill(plan.body.text))
  return {
    method: plan.method ?? plan.route.method,
    target: fill(spell(plan.route.path, plan.target)),
    headers,
    body,
    isChunked: plan.body?.isChunked ?? false,
  }
}

/** Puts in what only a run knows. */
function filler({ people }: World, { number }: Plan, person: Person | null) {
  const another = people.all.find((each) => each !== person)
  const idsOf = (each: Person | null | undefined) => [
    ...(each?.projects ?? []),
    ...(each?.credentials.map(({ id }) => id).filter(Boolean) ?? []),
  ]
  const some = (ids: string[]) => ids[number % ids.length] ?? '00000000-0000-7000-8000-000000000000'
  const links = person?.credentials.filter(({ kind }) => kind === 'link') ?? []
  const known: Record<string, string> = {
    email: person?.emailAddress ?? 'nobody@example.com',
    password: person?.password ?? 'correct horse battery',
    link: links[number % links.length]?.token ?? 'lkr_1',
    id: some(idsOf(person)),
    foreign: some(idsOf(another)),
  }
  return (text: string) => text.replace(/\{\{(\w+)\}\}/g, (_, name) => known[name] ?? '')
}

interface Done extends Sender {
  readonly person: Person
  readonly answered: Answered
}

// What it did is known of two routes; of the others, that something may have ended.
async function follow(world: World, sent: Sent, done: Done): Promise<void> {
  const { person, credential, answered } = done
  if (['GET', 'HEAD', 'OPTIONS'].includes(sent.method)) return
  const says = answered.body ?? {}
  const isLogOut = says.message === 'Logged out'
  const isRotated = sent.method === 'PUT' && typeof says.token === 'string'
  if (credential && (isLogOut || isRotated)) {
    credential.state = 'dead'
    if (isRotated) await holdSession(world, person, says.token)
    return
  }
  if (says.project && credential) return
  person.doubt()
  // Even the password may be another: a naughty string.
  if (typeof says.message === 'string' && says.message.startsWith('Password has'))
    person.password = null
  if (answered.status === 204) person.isThere = false
}
