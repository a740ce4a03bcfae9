// One thing that is done in a run of the fuzzer, and what fast-check needs to know of it.
import type fc from 'fast-check'
import type { Answered, World } from './world.ts'

/** Picks of several, whatever there is; nothing of nothing. It shrinks to the first. */
export type Pick = <T>(of: readonly T[]) => T | undefined

/** Does nothing where there is nobody to do it. */
export type Step = (world: World, pick: Pick) => Promise<void>

export type Command = fc.AsyncCommand<World, World>

export function command(step: Step, numbers: readonly number[]): Command {
  return {
    check: () => true,
    run(world) {
      const left = [...numbers]
      return step(world, (of) => of[(left.shift() ?? 0) % of.length])
    },
    toString: () => `${step.name}(${numbers})`,
  }
}

/** Whether a limit was in the way, as may happen to anybody where there are some. */
export function isLimited({ target }: World, { status }: Answered): boolean {
  return target.rateLimits === 'on' && status === 429
}
