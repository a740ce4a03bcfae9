import { expect, inject } from 'vitest'
import { lookAtAll, startLoad } from './load.ts'
import { faultOptions } from './options.ts'
import { type Outage, suffer } from './outage.ts'
import { conclude } from './row.ts'
import { callWitness } from './witness.ts'
import { untilMailed, type World } from './world.ts'

/** A server that is used, suffers one outage after the other, and is then judged. */
export async function sufferAndJudge(
  name: string,
  world: World,
  outages: readonly Outage[],
): Promise<void> {
  await world.target.start()
  await world.target.ready()
  const load = startLoad(world, { lanes: 4, seed: faultOptions().seed })
  const witness = await callWitness(world)
  for (const outage of outages) await suffer(world, witness, outage)
  await witness.stop()
  await load.stop()
  await untilMailed(world, 90)
  await lookAtAll(load.people)
  for (const what of await world.tables.damage()) {
    world.history.append({ type: 'damage', at: world.history.now(), what })
  }
  const { duplicates } = conclude(name, inject('database'), world.history.entries)
  expect(duplicates).toBeLessThanOrEqual(outages.length)
  expect(await world.target.stop()).toBe(0)
}
