import { expect, inject } from 'vitest'
import { type KillPlan, killAgainAndAgain } from './kills.ts'
import { lookAtAll, startLoad } from './load.ts'
import { conclude } from './row.ts'
import { openWorld, untilMailed } from './world.ts'

interface Story extends KillPlan {
  readonly processes: number
}

/** A server that is used, killed and started again and again, and then judged. */
export async function killAndJudge(name: string, { processes, ...plan }: Story): Promise<void> {
  const world = await openWorld({ processes })
  const load = startLoad(world, { lanes: 6, seed: plan.seed })
  await killAgainAndAgain(world, plan)
  await load.stop()
  // A mail that was on its way in a process that died is taken up when its lease is over, and one that was put off
  // twice, where the machine is slow, waits for a minute and a half.
  await untilMailed(world, 150)
  await lookAtAll(load.people)
  const { duplicates, givenUp } = conclude(name, inject('database'), world.history.entries)
  expect(duplicates).toBeLessThanOrEqual(plan.kills)
  // Each died twice with whoever sent it.
  expect(givenUp).toBeLessThanOrEqual(plan.kills / 2)
}
