// Long sequences of acts that nobody thought of, beside a simple model: every answer is the model's, everything that
// was ever handed out works or does not as the model says, and the mails are exactly those that it expects. Of two
// things at once, the answers are those of one order or of the other. `npm run test:fuzz` does the same for longer.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { settings } from './fuzz/settings.ts'
import { checkAtTheEnd } from './model/check.ts'
import { commandsOf } from './model/commands.ts'
import { Servers } from './model/servers.ts'
import { World } from './model/world.ts'

const { requests } = settings
// Each change is held against the same sequences; `npm run test:fuzz` chooses others.
const [seed = 0] = settings.seeds
// Of as many acts as the fuzzer sends requests.
const [much, less] = [0.3, 0.2]

test.each([
  ['one server', much, { servers: 1, signUp: 'open', rateLimits: 'off' }],
  ['two servers on one database', much, { servers: 2, signUp: 'open', rateLimits: 'off' }],
  ['sign-ups that a mail confirms', less, { servers: 2, signUp: 'confirm', rateLimits: 'off' }],
  ['limits', less, { servers: 1, signUp: 'open', rateLimits: 'on' }],
] as const)(
  'whatever is done, in whatever order, the answers are those of a simple model: %s',
  async (name, share, variant) => {
    const servers = await Servers.start(variant)
    for (let round = 0; servers.acts < requests * share; round++) {
      // To shrink what was found is worth a minute; it is told in any case.
      const limits = { numRuns: 1, skipAllAfterTimeLimit: 60_000, unbiased: true }
      await fc.assert(lives(servers), { seed: seed + round + 1_000 * name.length, ...limits })
    }
    const told = [...servers.answers].sort().map(([answer, times]) => `${times} × ${answer}`)
    console.log(`${servers.acts} acts from the seed ${seed}: ${told.join(', ')}`)
    // It came behind the doors, and not only to them.
    for (const status of [200, 401, 422]) {
      expect([...servers.answers.keys()].some((each) => each.startsWith(`${status}`))).toBe(true)
    }
  },
  requests * 1_000,
)

function lives(servers: Servers) {
  const several = fc.commands(commandsOf(servers.variant), { maxCommands: 100, size: 'max' })
  return fc.asyncProperty(several, async (several) => {
    const world = new World(servers)
    try {
      await world.begin()
      await fc.asyncModelRun(() => ({ model: world, real: world }), several)
      await checkAtTheEnd(world)
    } finally {
      await world.end()
    }
  })
}
