// Measurements of databases of several sizes without requests.
import { type Client, createAuth, type PasswordHash } from '../../src/server.ts'
import { toSeries } from '../figures.ts'
import { emailAddressOf, password } from '../people.ts'
import { percentile } from '../statistics.ts'
import type { Grown, LookUps } from './grown.ts'
import { knownPeople } from './known.ts'
import { inRounds, type Measured, type Plan } from './measured.ts'

const logInsEach = 100

type InProcess = Omit<Plan, 'load' | 'seconds' | 'folder'>

export function measureSpace({ grown }: InProcess): Measured {
  const bytes = grown.map((each) => [each.bytes / each.sessions])
  const seconds = grown.map((each) => [each.fillingSeconds])
  const what = 'On disk for a session and a tenth of a user, bytes'
  return {
    rows: [
      { what, digits: 0, judged: 'cost', measured: bytes },
      { what: 'Filling, s', digits: 1, judged: 'nothing', measured: seconds },
    ],
    series: [],
  }
}

export async function measureLookUps(plan: InProcess): Promise<Measured> {
  const all = []
  for (const lookUps of plan.engine.lookUps) all.push(await measureWay(plan, lookUps))
  return {
    rows: all.flatMap(({ rows }) => rows),
    // The first is the closest to a look-up in a request.
    series: all.slice(0, 1).flatMap(({ series }) => series),
  }
}

async function measureWay(
  { engine, grown, rounds }: InProcess,
  { way, times, time }: LookUps,
): Promise<Measured> {
  const each = Math.ceil(times / rounds)
  const some = ({ known }: Grown, from: number) =>
    Array.from({ length: each }, (_, index) => known[(from + index) % known.length]).flatMap(
      (session) => session?.digest ?? [],
    )
  // The rows are read before they are timed.
  for (const one of grown) {
    for (let round = 0; round < rounds; round++) await time(one, some(one, round * each))
  }
  const taken = await inRounds(grown, rounds, (one, round) => time(one, some(one, round * each)))
  const at = (share: number) =>
    taken.map((runs) => runs.map((microseconds) => percentile(microseconds, share)))
  const [p50, p99] = [at(0.5), at(0.99)]
  const sizes = grown.map(({ sessions }) => sessions)
  return {
    rows: [
      { what: `The look-up, ${way}: p50, µs`, digits: 1, judged: 'cost', measured: p50 },
      { what: `The look-up, ${way}: p99, µs`, digits: 1, judged: 'nothing', measured: p99 },
    ],
    series: [toSeries(`${engine.name}, the look-up in it`, sizes, p50)],
  }
}

/** Measures all statements of a log-in, with its commit but without its hash. */
export async function measureStatements({ grown, rounds }: InProcess): Promise<Measured> {
  const places = grown.map(({ store, sessions }) => ({
    auth: createAuth({ store, passwordHash: noHash }),
    people: knownPeople(sessions),
  }))
  const taken = await inRounds(places, rounds, async ({ auth, people }, round) => {
    const times: number[] = []
    for (let index = round * logInsEach; index < (round + 1) * logInsEach; index++) {
      const emailAddress = emailAddressOf(people[index % people.length] ?? 0)
      const started = performance.now()
      const loggedIn = await auth.logIn({ emailAddress, password }, comingFrom(index))
      times.push(performance.now() - started)
      if (!loggedIn) throw new Error('Somebody could not log in')
    }
    return times
  })
  const at = (share: number) =>
    taken.map((runs) => runs.map((milliseconds) => percentile(milliseconds, share)))
  const what = 'A log-in without its hash'
  return {
    rows: [
      { what: `${what}: p50, ms`, digits: 2, judged: 'cost', measured: at(0.5) },
      { what: `${what}: p99, ms`, digits: 2, judged: 'nothing', measured: at(0.99) },
    ],
    series: [],
  }
}

const noHash: PasswordHash = {
  hash: async () => '',
  verify: async () => true,
  isCurrent: () => true,
}

// Another client each time, so that the limits count but refuse nobody.
function comingFrom(index: number): Client {
  return {
    ipAddress: `198.51.${(index >> 8) & 255}.${index & 255}`,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
    requestId: null,
    actor: 'user',
  }
}
