// npm run test:faults: a server is killed, its disk filled, its database taken away, its clock moved …
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { check } from './checker.ts'
import { columns } from './columns.ts'
import { readHistory } from './history.ts'

const help = `npm run test:faults -- [NAME …] [--kills N] [--database NAME] [--soak MINUTES] [--seed N] [--keep FOLDER]

Breaks a server from outside while people use it, lets it recover, and compares what was acknowledged
with what is there. Exits with 1 where something was lost, came back, or is half there.

  NAME …            scenarios, by the beginning of their file in test/faults; default: all
  --kills N         how often kills and sync-points kill; default 500
  --database NAME   sqlite or postgres; default: both, one after the other
  --soak MINUTES    how long the soak takes; default 60
  --seed N          what chance begins with
  --keep FOLDER     where histories, a line of JSON for each entry, and rows are kept
  --judge FILE      breaks nothing, and says what a history that was kept proves

It wants strace, libfaketime and root (for a disk of its own to fill); a scenario whose tool is not
there fails and says what to install. The last lines are a table, as in docs/reference/faults.md.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string', default: '500' },
    soak: { type: 'string', default: '60' },
    seed: { type: 'string' },
    database: { type: 'string' },
    keep: { type: 'string' },
    judge: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) console.log(help)
else if (values.judge !== undefined) console.log(check(readHistory(values.judge)))
else process.exitCode = run()

function run(): number {
  const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'latchkey-faults-'))
  mkdirSync(folder, { recursive: true })
  const seed = values.seed === undefined ? {} : { seed: whole(values.seed, '--seed') }
  const kills = whole(values.kills, '--kills')
  const soakMinutes = whole(values.soak, '--soak')
  const FAULTS = JSON.stringify({ kills, soakMinutes, folder, ...seed })
  const project = values.database === undefined ? [] : ['--project', values.database]
  const args = ['--config', 'vitest.faults.config.ts', ...project, ...positionals]
  const vitest = ['--conditions=source', 'node_modules/vitest/vitest.mjs', 'run', ...args]
  console.log(`${where()}, load ${loadavg()[0]?.toFixed(1)}; kept in ${folder}`)
  const env = { ...process.env, FAULTS }
  const { status } = spawnSync(process.execPath, vitest, { stdio: 'inherit', env })
  const rows = join(folder, 'rows.md')
  console.log(`\n| ${columns.join(' | ')} |\n|${columns.map(() => ' --- |').join('')}`)
  if (existsSync(rows)) console.log(readFileSync(rows, 'utf8'))
  return status ?? 1
}

function whole(text: string, option: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  console.error(`${option} takes a whole number from 1`)
  process.exit(2)
}

function where(): string {
  const { stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' })
  return `commit ${stdout?.trim() || 'unknown'}, Node ${process.version}`
}
