// In Jepsen's manner: what was acknowledged is there, what was refused is not, and of what nobody knows
// all is there or nothing. It knows no database and no HTTP: a history is all that it reads.
import type { Arrival, Caused, Effect, Entry, Observation, Operation, Thing } from './history.ts'

/** What a history proves; each list is empty where all is well. */
export interface Findings {
  /** How many operations were acknowledged, and of how many nobody knows. */
  readonly acknowledged: number
  readonly unknown: number
  readonly observations: number
  /** Acknowledged, and not there. */
  readonly lost: readonly string[]
  /** Dead, acknowledged or seen so, and alive again. */
  readonly resurrected: readonly string[]
  /** Half of an operation. */
  readonly torn: readonly string[]
  /** There, though it was refused. */
  readonly phantoms: readonly string[]
  readonly mailsLost: readonly string[]
  /** How many mails ended unsent, and say so in the outbox. */
  readonly givenUp: number
  /** How many mails arrived that nobody had caused: sent once more after a crash. */
  readonly duplicates: number
  /** With a link whose token no table knows. */
  readonly rowless: readonly string[]
  readonly damage: readonly string[]
  /** Answered with a 5xx that is no 503. */
  readonly broken: readonly string[]
}

export function check(entries: readonly Entry[]): Findings {
  const operations = entries.filter((entry) => entry.type === 'operation')
  const observations = entries.filter((entry) => entry.type === 'observation')
  const lives = livesOf(operations, observations)
  return {
    acknowledged: operations.filter(({ result }) => result === 'ok').length,
    unknown: operations.filter(({ result }) => result === 'unknown').length,
    observations: observations.length,
    lost: lives.flatMap(findLost),
    resurrected: lives.flatMap(findResurrected),
    torn: findTorn(operations, lives),
    phantoms: lives.flatMap(findPhantom),
    ...checkMails(entries, operations),
    damage: entries.flatMap((entry) => (entry.type === 'damage' ? [entry.what] : [])),
    broken: operations
      .filter(({ status }) => status >= 500 && status !== 503)
      .map(({ name, status }) => `${name} was answered ${status}`),
  }
}

/** All that concerns one thing. */
interface Life {
  readonly thing: Thing
  readonly births: readonly Operation[]
  readonly deaths: readonly Operation[]
  /** In the order in which they began. */
  readonly seen: readonly Observation[]
}

function livesOf(operations: readonly Operation[], observations: readonly Observation[]): Life[] {
  const lives = new Map<Thing, { births: Operation[]; deaths: Operation[]; seen: Observation[] }>()
  const life = (thing: Thing) => {
    const known = lives.get(thing) ?? { births: [], deaths: [], seen: [] }
    lives.set(thing, known)
    return known
  }
  for (const operation of operations) {
    for (const { thing, becomes } of operation.effects) {
      life(thing)[becomes === 'alive' ? 'births' : 'deaths'].push(operation)
    }
  }
  for (const observation of observations) life(observation.thing).seen.push(observation)
  return [...lives].map(([thing, { seen, ...rest }]) => {
    return { thing, ...rest, seen: seen.toSorted((one, other) => one.start - other.start) }
  })
}

function findLost({ thing, births, deaths, seen }: Life): string[] {
  const born = births.find(({ result }) => result === 'ok')
  if (!born) return []
  const missed = seen.find(
    ({ state, start, end }) =>
      state === 'dead' && start > born.end && !deaths.some((death) => mayExplain(death, end)),
  )
  return missed ? [`${thing}: ${born.name} was acknowledged, and ${describe(missed)}`] : []
}

// What began before somebody looked, and was not refused, may be why.
function mayExplain({ result, start }: Operation, lookedUntil: number): boolean {
  return result !== 'fail' && start < lookedUntil
}

function findResurrected(life: Life): string[] {
  const { thing, deaths } = life
  const died = deaths
    .filter(({ result }) => result === 'ok')
    .map(({ name, end }) => ({ name, end }))
  const gone = life.seen
    .filter(({ state, start }) => state === 'dead' && wasAliveBefore(life, start))
    .map((seen) => ({ name: describe(seen), end: seen.end }))
  const deadSince = [...died, ...gone].toSorted((one, other) => one.end - other.end)[0]
  const again = life.seen.find(
    ({ state, start }) => state === 'alive' && deadSince && start > deadSince.end,
  )
  return again && deadSince ? [`${thing}: ${deadSince.name}, and then ${describe(again)}`] : []
}

function wasAliveBefore({ births, seen }: Life, start: number): boolean {
  const isBorn = births.some(({ result, end }) => result === 'ok' && end < start)
  return isBorn || seen.some(({ state, end }) => state === 'alive' && end < start)
}

function findPhantom({ thing, births, seen }: Life): string[] {
  if (births.length === 0) return []
  const alive = seen.find(
    ({ state, end }) => state === 'alive' && !births.some((birth) => mayExplain(birth, end)),
  )
  return alive ? [`${thing}: it was refused, and ${describe(alive)}`] : []
}

function findTorn(operations: readonly Operation[], lives: readonly Life[]): string[] {
  const byThing = new Map(lives.map((life) => [life.thing, life]))
  return operations.flatMap((operation) => {
    if (operation.result !== 'unknown') return []
    const fates = operation.effects.map((effect) => {
      const life = byThing.get(effect.thing)
      return { effect, happened: life ? hasHappened(operation, effect, life) : null }
    })
    const done = fates.find(({ happened }) => happened === true)
    const undone = fates.find(({ happened }) => happened === false)
    if (!done || !undone) return []
    return [`${operation.name}: ${say(done.effect)}, and yet not ${say(undone.effect)}`]
  })
}

/** @returns null where nobody looked, or where another operation may be why it is as it is */
function hasHappened(operation: Operation, { thing, becomes }: Effect, life: Life): boolean | null {
  const first = life.seen.find(({ start }) => start > operation.end)
  if (!first) return null
  if (first.state === becomes && becomes === 'alive') return true
  if (becomes === 'dead' && first.state === 'alive') return false
  const others = life.deaths.filter((death) => death !== operation && mayExplain(death, first.end))
  if (others.length > 0) return null
  // One that was never born, as far as anybody knows, is dead for no reason.
  if (becomes === 'dead' && !wasAliveBefore(life, first.start)) return null
  return first.state === becomes && thing === life.thing
}

function checkMails(entries: readonly Entry[], operations: readonly Operation[]) {
  const arrivals = entries.filter((entry) => entry.type === 'mail')
  const counts = new Map<string, { caused: number; possible: number; arrived: number }>()
  const count = (mail: Caused) => {
    const known = counts.get(keyOf(mail)) ?? { caused: 0, possible: 0, arrived: 0 }
    counts.set(keyOf(mail), known)
    return known
  }
  for (const { mails, result } of operations) {
    for (const mail of mails) {
      if (result === 'ok') count(mail).caused += 1
      if (result !== 'fail') count(mail).possible += 1
    }
  }
  // Of subjects that no operation is said to cause, nobody counts how many there are.
  const subjects = new Set(operations.flatMap(({ mails }) => mails.map(({ subject }) => subject)))
  const unsent = entries.filter((entry) => entry.type === 'given up')
  for (const mail of unsent) count(mail).caused -= 1
  for (const mail of arrivals) if (subjects.has(mail.subject)) count(mail).arrived += 1
  const moot = mootMails(operations)
  const all = [...counts]
  return {
    givenUp: unsent.length,
    mailsLost: all
      .filter(([key, { caused, arrived }]) => arrived < caused && !moot(key))
      .map(([key, { caused, arrived }]) => `${key}: ${caused} should have arrived, ${arrived} did`),
    duplicates: all.reduce(
      (sum, [, { possible, arrived }]) => sum + Math.max(0, arrived - possible),
      0,
    ),
    rowless: arrivals
      .filter((mail) => mail.link === 'rowless' && !operations.some((each) => mayVoid(each, mail)))
      .map(keyOf),
  }
}

function keyOf({ subject, to }: Caused): string {
  return `${subject} to ${to}`
}

// How long a mail is under way at most, once its link is written down.
const underWayMilliseconds = 20_000

function mayVoid({ voids, result, start, end }: Operation, { to, at }: Arrival): boolean {
  const isThen = start < at && end > at - underWayMilliseconds
  return result !== 'fail' && isThen && voids.includes(to)
}

// Somebody who is gone gets no mail either.
function mootMails(operations: readonly Operation[]): (key: string) => boolean {
  const done = operations.filter(({ result }) => result !== 'fail')
  const moot = new Set(done.flatMap(({ moots }) => moots.map(keyOf)))
  const gone = done
    .flatMap(({ effects }) => effects)
    .filter(({ thing, becomes }) => becomes === 'dead' && thing.startsWith('user '))
    .map(({ thing }) => thing.slice('user '.length))
  return (key) => moot.has(key) || gone.some((address) => key.endsWith(` to ${address}`))
}

function describe({ state, source, start }: Observation): string {
  return `${source === 'api' ? 'the API' : 'a table'} says ${state} at ${Math.round(start)} ms`
}

function say({ thing, becomes }: Effect): string {
  return `${thing} became ${becomes}`
}
