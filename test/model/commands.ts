// What fast-check is given to choose from.
import fc from 'fast-check'
import { issue, listRevocations, rotateSigningKey, verifyAll } from './access-token-acts.ts'
import * as accounts from './account-acts.ts'
import type { Maker, Pick } from './act.ts'
import { check } from './check.ts'
import * as cookies from './cookie-acts.ts'
import * as devices from './device-acts.ts'
import { credentialVerbs, deliver, deliverBy, endingVerbs } from './ending-acts.ts'
import { createKey, listKeys, readProjects, revokeKey } from './key-acts.ts'
import { mostly } from './known.ts'
import { ordinaryVerbs } from './operator-acts.ts'
import { openProof, requestProof } from './proof-acts.ts'
import { requestReset, reset } from './reset-acts.ts'
import type { Variant } from './servers.ts'
import * as sessions from './session-acts.ts'
import { endsOf } from './state.ts'
import type { World } from './world.ts'

export type Command = fc.AsyncCommand<World, World>

/** Each as often as it says. */
const makers: readonly Maker[] = [
  ...often(8, [sessions.logIn, createKey]),
  ...often(6, [accounts.signUp, openProof, accounts.changeAddress, requestReset, reset]),
  ...often(4, [requestProof, accounts.changePassword, sessions.freshen, issue, readProjects]),
  ...often(4, [devices.endById, cookies.logInInBrowser, revokeKey]),
  ...often(2, [accounts.whoAmI, accounts.deleteOneself, listKeys, sessions.logOut]),
  ...often(2, [sessions.rotate, devices.listSessions, devices.endOthers, devices.rename]),
  ...often(2, [cookies.rotateIntoBrowser, cookies.logOutInBrowser]),
  ...ordinaryVerbs,
]

const alone: readonly Maker[] = [
  ...often(24, [deliver]),
  ...often(3, [listRevocations, verifyAll, rotateSigningKey, ...credentialVerbs]),
  ...endingVerbs,
]

// What ends no link and gives nobody another address: a mail about those may leave for a moment longer.
const whileMailsLeave: readonly Maker[] = [
  ...[requestReset, requestReset, requestProof, accounts.signUp, sessions.logIn, createKey],
]

const asking = [requestReset, requestProof, accounts.changeAddress, accounts.signUp]

const numbers = fc.array(fc.nat(1_000), { minLength: 10, maxLength: 10 })
const anyMaker = fc.constantFrom(...makers)

export function commandsOf({ rateLimits }: Variant): fc.Arbitrary<Command>[] {
  const single = fc.tuple(anyMaker, numbers).map((drawn) => one(...drawn))
  const lonely = fc.tuple(fc.constantFrom(...alone), numbers).map((drawn) => one(...drawn))
  const repeated = fc.tuple(anyMaker, numbers).map((drawn) => again(...drawn))
  const asked = fc
    .tuple(fc.constantFrom(...asking), numbers)
    .map((drawn) => askAndDeliver(...drawn))
  const mailing = fc.tuple(fc.constantFrom(...whileMailsLeave), fc.constant(deliver))
  const pair = fc.tuple(fc.oneof(fc.tuple(anyMaker, anyMaker), mailing), numbers, numbers)
  const paired = pair.map(([makers, ...drawn]) => both(makers, drawn))
  return [
    ...often(10, [single]),
    ...often(3, [lonely]),
    ...often(2, [asked]),
    // A try counts as failed until it is judged: of two at once the second may be told to wait for the first.
    ...often(2, [numbers.map(wait), rateLimits === 'on' ? repeated : paired]),
    ...[numbers.map(checkAll), numbers.map(restart)],
  ]
}

function often<T>(times: number, what: readonly T[]): T[] {
  return Array.from({ length: times }, () => what).flat()
}

function command(name: string, run: (world: World) => Promise<void>): Command {
  return { check: () => true, run, toString: () => name }
}

function one(make: Maker, numbers: readonly number[]): Command {
  return command(`${make.name}(${numbers})`, async (world) => {
    const act = make(world.known, picker(numbers))
    if (act) await world.do(act, numbers.at(-1))
  })
}

// Once, or more often than there may be links.
function askAndDeliver(make: Maker, numbers: readonly number[]): Command {
  return command(`${make.name}(${numbers}) and its mail`, async (world) => {
    const { known } = world
    const act = make(known, picker(numbers))
    for (let left = 1 + ((numbers.at(-1) ?? 0) % 5); act && left > 0; left--) {
      await world.do(act)
      await world.do(deliverBy(known))
    }
  })
}

function again(make: Maker, numbers: readonly number[]): Command {
  return command(`${make.name}(${numbers}) again and again`, async (world) => {
    const act = make(world.known, picker(numbers))
    for (let left = 12; act && left > 0; left--) await world.do(act)
  })
}

function both(
  [first, second]: readonly [Maker, Maker],
  [some, others]: readonly [number[], number[]],
): Command {
  return command(`${first.name}(${some}) and ${second.name}(${others})`, async (world) => {
    // Not in the millisecond in which a mail was queued that is about to leave.
    world.known.wait(1)
    const one = first(world.known, picker(some))
    const other = second(world.known, picker(others))
    if (!one || !other) return
    await world.both([one, other], 1 + (some.at(-1) ?? 0))
    // Who came first is seen by what is left.
    await check(world)
  })
}

function picker(numbers: readonly number[]): Pick {
  const left = [...numbers]
  return (of) => of[(left.shift() ?? 0) % of.length]
}

const minute = 60_000
const short = [1, 1_000, minute, 5 * minute, 10 * minute]
const long = [15 * minute, 60 * minute, 1_440 * minute]

// By some time, or to the very millisecond in which the next things end, before it or after it.
function wait(numbers: readonly number[]): Command {
  return command(`wait(${numbers})`, async (world) => {
    const pick = picker(numbers)
    const { known } = world
    const edge = pick([0, -1, 1]) ?? 0
    const ends = endsOf(known.state).map((end) => end - known.now)
    const next = ends.filter((each) => each > 1).sort((one, other) => one - other)
    const edges = next.slice(0, 8).map((each) => each + edge)
    const milliseconds = mostly(pick, [...short, ...edges], long) ?? 0
    known.wait(milliseconds)
    world.note(`… ${milliseconds} ms later`)
  })
}

function checkAll([number = 0]: readonly number[]): Command {
  return command(`check(${number})`, check)
}

// Seldom: it takes as long as a hundred requests.
function restart([number = 0]: readonly number[]): Command {
  return command(`restart(${number})`, async ({ servers }) => {
    if (number % 8 === 1) await servers.restart(number)
  })
}
