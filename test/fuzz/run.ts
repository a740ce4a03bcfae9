// The fuzzer for as long as one likes: npm run test:fuzz -- --requests 100000
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const help = `npm run test:fuzz -- [--requests N] [--seed N] [--database sqlite|postgres]

Sends hostile requests to a server of its own, 10,000 to each database, and holds every answer
against the OpenAPI document and against what it knows of who may see what. Then does as much that
people and operators do, in any order and two at a time, and holds every answer, every token and
every mail against a simple model.

  --requests N   how many of each, for each database (default 10000)
  --seed N       where to begin: one that a failure named finds it again (default: one by chance)
  --database D   sqlite or postgres (default: one after the other)
`

const numeric = /^\d{1,10}$/
const vitest = 'node_modules/vitest/vitest.mjs'
const tests = ['test/fuzz.test.ts', 'test/model.test.ts']

process.exit(main())

function main(): number {
  const { requests, seed, database, help: isHelp } = readOptions()
  if (isHelp) {
    console.log(help)
    return 0
  }
  const isGiven = seed === undefined || numeric.test(seed)
  const isKnown = [undefined, 'sqlite', 'postgres'].includes(database)
  if (!numeric.test(requests) || !isGiven || !isKnown) return explain('that is no value for it')
  const projects = database === undefined ? [] : ['--project', database]
  const args = [vitest, 'run', ...tests, ...projects, '--no-file-parallelism']
  const chosen = seed ?? String(Math.floor(Math.random() * 2 ** 31))
  const env = { ...process.env, FUZZ_REQUESTS: requests, FUZZ_SEED: chosen }
  console.log(`${requests} requests, --seed ${chosen}`)
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env })
  return status === 0 ? 0 : 1
}

function readOptions() {
  try {
    const options = {
      requests: { type: 'string', default: '10000' },
      seed: { type: 'string' },
      database: { type: 'string' },
      help: { type: 'boolean', default: false },
    } as const
    return parseArgs({ options }).values
  } catch (error) {
    process.exit(explain(error instanceof Error ? error.message : String(error)))
  }
}

function explain(what: string): number {
  console.error(`${what}\n\n${help}`)
  return 2
}
