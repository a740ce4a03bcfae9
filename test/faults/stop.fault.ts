// CON-10: SIGTERM under load. What has begun is answered, and the process ends by itself.
import { setTimeout as wait } from 'node:timers/promises'
import { expect, inject, test } from 'vitest'
import { createChance } from './chance.ts'
import { lookAtAll, startLoad } from './load.ts'
import { faultOptions } from './options.ts'
import { conclude } from './row.ts'
import { openWorld, untilMailed } from './world.ts'

const { seed, kills } = faultOptions()

test.each([1, 2])(
  'stopped and started under load, %d processes answer what they began',
  async (processes) => {
    const world = await openWorld({ processes })
    const { history, target } = world
    const chance = createChance(seed)
    await target.start()
    await target.ready()
    const load = startLoad(world, { lanes: 6, seed })
    for (let stop = 0; stop < Math.ceil(kills / 25); stop++) {
      await wait(1_000 + chance.below(1_000))
      const at = history.now()
      const point = world.underWay()
      expect(await target.stop()).toBe(0)
      await target.start()
      await target.ready()
      history.append({ type: 'fault', name: 'stop', at, point, recoveredAfter: history.now() - at })
    }
    await load.stop()
    await untilMailed(world, 90)
    await lookAtAll(load.people)
    const name = `SIGTERM, ${processes} processes`
    const { duplicates } = conclude(name, inject('database'), history.entries)
    // Each lease was given back, and each mail was finished.
    expect(duplicates).toBe(0)
    expect(target.faults).toEqual([])
  },
)
