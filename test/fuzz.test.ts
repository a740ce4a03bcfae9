// Whatever is sent, in whatever state: an answer that the document knows, and nobody sees what is
// another's. `npm run test:fuzz` does the same for longer.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accountSteps, signUp } from './fuzz/account-steps.ts'
import { credentialSteps, settle } from './fuzz/credential-steps.ts'
import { hostileCommands } from './fuzz/hostile.ts'
import { settings } from './fuzz/settings.ts'
import { command } from './fuzz/steps.ts'
import { openTarget, type Target, World } from './fuzz/world.ts'

const { requests, seeds } = settings

test.each([
  ['off', 0.8],
  ['on', 0.2],
] as const)(
  'no request is a fault, what is dead stays dead and what is another’s hidden: limits %s',
  async (rateLimits, share) => {
    const target = await openTarget(rateLimits)
    for (const seed of seeds) {
      const enough = target.requests + (requests * share) / seeds.length
      for (let round = 0; target.requests < enough; round++) {
        // To shrink what was found is worth a minute; it is told in any case.
        const limits = { numRuns: 5, interruptAfterTimeLimit: 60_000 }
        await fc.assert(lives(target), { seed: seed + round, ...limits })
      }
    }
    const statuses = [...target.statuses].sort().map(([status, times]) => `${times} × ${status}`)
    console.log(`${target.requests} requests from the seeds ${seeds}: ${statuses.join(', ')}`)
    // It came behind the doors, and not only to them.
    for (const status of [200, 201, 204, 401, 404, 422]) {
      expect(target.statuses.get(status)).toBeGreaterThan(0)
    }
  },
  requests * 1_000,
)

function lives(target: Target) {
  const numbers = fc.array(fc.nat(1_000), { minLength: 4, maxLength: 4 })
  const steps = [...accountSteps, ...credentialSteps]
  const ordinary = steps.map((step) => numbers.map((numbers) => command(step, numbers)))
  // As often as all of the others together.
  const hostile = steps.map(() => hostileCommands(target.document))
  const commands = fc.commands([...ordinary, ...hostile], { maxCommands: 60, size: 'max' })
  const everyoneSignsUp = [command(signUp, []), command(signUp, [])]
  return fc.asyncProperty(commands, async (commands) => {
    // What was counted against the people before is over.
    target.server.clock.advance({ hours: 24 })
    const world = new World(target)
    const setUp = () => ({ model: world, real: world })
    await fc.asyncModelRun(setUp, [...everyoneSignsUp, ...commands])
    await settle(world)
  })
}
