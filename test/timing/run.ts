// npm run test:timing: whether the time of an answer tells what the answer does not.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { migrate } from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
import { classes, comparisons } from './classes.ts'
import { createPeople } from './people.ts'
import { hasPassed, report } from './report.ts'
import { timeRounds } from './rounds.ts'
import { isPinned, pinClient, startServer } from './server-under-test.ts'
import { judge } from './verdict.ts'

const help = `npm run test:timing -- [--rounds N]

Times answers that must not differ: log-in, reset, dead tokens. Each round sends one request of each
class, in an order that chance decides; pairs are compared by a sign test, Wilcoxon's signed-rank test
and the bootstrap of their difference. Exits with 1 where they differ, or are not shown to be equal.

  --rounds N   how many, from 50; default 1000, which takes some five minutes. From 10000 on twins
               have to be within 0.1 ms instead of 0.25.

Nothing else may run on the machine meanwhile.`

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '1000' }, help: { type: 'boolean', short: 'h' } },
})
if (values.help) console.log(help)
else process.exitCode = (await run(roundsOf(values.rounds))) ? 0 : 1

function roundsOf(text: string): number {
  const rounds = Number(text)
  if (Number.isInteger(rounds) && rounds >= 50) return rounds
  console.error('--rounds takes a whole number from 50, for example --rounds 1000')
  process.exit(1)
}

async function run(rounds: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-timing-'))
  const url = `sqlite:${join(folder, 'timing.sqlite3')}`
  try {
    console.log(`${rounds} rounds on ${where()}; load at the start ${load()}`)
    const database = await openSqlite(url)
    await migrate(database, [sqliteMigrations])
    const tokens = await createPeople(database)
    await database.close()
    const { listening, stop } = await startServer(url)
    pinClient()
    const times = await timeRounds(classes(tokens), { rounds, listening }).finally(stop)
    console.log(`load at the end ${load()}\n`)
    const verdicts = comparisons.map((comparison) => judge(times, comparison))
    console.log(report(times, verdicts).join('\n'))
    return hasPassed(verdicts)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function where(): string {
  const { stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' })
  const commit = stdout?.trim() || 'no commit'
  return `${commit}, Node ${process.version}, ${isPinned ? 'a core each' : 'cores not kept apart'}`
}

function load(): string {
  return loadavg()[0]?.toFixed(2) ?? 'unknown'
}
