import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Witness } from './witness.ts'
import type { World } from './world.ts'

/** Something that is taken from a server, and given back. */
export interface Outage {
  readonly name: string
  readonly seconds: number
  readonly begin: () => unknown
  readonly end: () => unknown
  /** What may be answered meanwhile, beside what is right. */
  readonly may?: { readonly living: readonly number[]; readonly dead: readonly number[] }
}

const away = { living: [503], dead: [503] }

/**
 * Takes it away for a while, and gives it back. Meanwhile what lives is 200 or 503, what is over is 401
 * or 503, and nothing else; afterwards all is well, and it is the same process.
 */
export async function suffer(world: World, witness: Witness, outage: Outage): Promise<void> {
  const { name, seconds, begin, end, may = away } = outage
  const { history, target } = world
  const [process] = target.pids()
  witness.statuses()
  witness.longest()
  await begin()
  await wait(seconds * 1_000)
  await end()
  const at = history.now()
  await untilGood(world, witness)
  history.append({ type: 'fault', name, at, point: name, recoveredAfter: history.now() - at })
  // Of what was asked meanwhile nothing is still on its way.
  await wait(1_000)
  expect([name, target.pids()[0]]).toEqual([name, process])
  const { living, dead, writing } = everSeen.get(witness) ?? witness.statuses()
  everSeen.delete(witness)
  expect([name, living.filter((each) => each !== 200 && !may.living.includes(each))]).toEqual([
    name,
    [],
  ])
  expect([name, dead.filter((each) => each !== 401 && !may.dead.includes(each))]).toEqual([
    name,
    [],
  ])
  expect([name, writing.filter((each) => each !== 201 && each !== 503)]).toEqual([name, []])
  console.log(
    `${name}: ${living} ${dead} ${writing}, longest answer ${Math.round(witness.longest())} ms`,
  )
}

type Seen = ReturnType<Witness['statuses']>
const everSeen = new WeakMap<Witness, Seen>()

async function untilGood({ history }: World, witness: Witness): Promise<void> {
  const latest = history.now() + 60_000
  for (;;) {
    await wait(250)
    const now = witness.statuses()
    note(witness, now)
    const isGood =
      [now.living, now.dead, now.writing].map((each) => String(each)).join() === '200,401,201'
    if (isGood) return
    if (history.now() > latest) throw new Error(`Not well again: ${JSON.stringify(now)}`)
  }
}

function note(witness: Witness, now: Seen): void {
  const before = everSeen.get(witness) ?? { living: [], dead: [], writing: [] }
  everSeen.set(witness, {
    living: [...before.living, ...now.living],
    dead: [...before.dead, ...now.dead],
    writing: [...before.writing, ...now.writing],
  })
}
