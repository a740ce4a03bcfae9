// npm run bench:growth: how long checks, look-ups and log-ins take with few sessions and with many.
import type { ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Series, writeFigure } from './figures.ts'
import type { Engine, Grown } from './growth/grown.ts'
import { measureLookUps, measureSpace, measureStatements } from './growth/in-process.ts'
import type { Plan } from './growth/measured.ts'
import { measureChecks, measureLogIns } from './growth/over-http.ts'
import { postgresEngine } from './growth/postgres.ts'
import { printGrowth } from './growth/report.ts'
import { sqliteEngine } from './growth/sqlite.ts'
import { startProcess, stopProcess } from './processes.ts'
import { describeRun } from './report.ts'
import { type Server, startServer } from './server.ts'

type Open = (folder: string) => Promise<Engine>

const engines: Readonly<Record<string, Open>> = { sqlite: sqliteEngine, postgres: postgresEngine }

const usage = `npm run bench:growth [-- --sizes 1e4,1e5,1e6,1e7 --rounds 7 --seconds 1.5]

Fills SQLite and PostgreSQL with so many sessions, one user for ten of them, and measures in turns, warm,
what a check takes, a look-up without a request, a log-in, and a session on disk. Ten million take about
6 GB in the folder for temporary files.

  --only sqlite     one of the two: sqlite or postgres
  --out FILE.json   writes what the picture is drawn from; what the other database has in it stays`

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1e4,1e5,1e6,1e7' },
    only: { type: 'string', default: 'sqlite,postgres' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '1.5' },
    out: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(usage)
else {
  const sizes = values.sizes.split(',').map(Number)
  await bench({ sizes, rounds: Number(values.rounds), seconds: Number(values.seconds) })
}

interface Size {
  readonly sizes: readonly number[]
  readonly rounds: number
  readonly seconds: number
}

async function bench(size: Size): Promise<void> {
  console.log(`${describeRun()}
${size.rounds} rounds of ${size.seconds} s for each size`)
  for (const name of values.only.split(',')) {
    const open = engines[name]
    if (!open) throw new Error(`There is no ${name}: ${Object.keys(engines).join(' or ')}`)
    const series = await onEngine(open, (engine, folder) => measureAll(engine, { ...size, folder }))
    // Written after each, so that the results are kept if the next one fails.
    if (values.out !== '') writeFigure(values.out, { name: 'growth', unit: 'µs', series })
  }
}

/** One engine at a time, deleted at the end even after an error, so that the disk has to hold only one of them. */
async function onEngine<T>(
  open: Open,
  work: (engine: Engine, folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-growth-'))
  // PostgreSQL runs as another user, who must be able to enter the folder.
  chmodSync(folder, 0o755)
  const engine = await open(folder)
  const clear = async () => {
    await engine.close()
    rmSync(folder, { recursive: true, force: true })
  }
  const leave = () => void clear().finally(() => process.exit(130))
  process.once('SIGINT', leave).once('SIGTERM', leave)
  try {
    return await work(engine, folder)
  } catch (error) {
    sayLogs(folder)
    throw error
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave)
    await clear()
  }
}

// Prints the logs, which are deleted with the folder.
function sayLogs(folder: string): void {
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.log'))) {
    console.error(`${name}: ${readFileSync(join(folder, name), 'utf8').slice(-2_000)}`)
  }
}

async function measureAll(
  engine: Engine,
  { sizes, folder, ...size }: Size & { readonly folder: string },
): Promise<Series[]> {
  const grown: Grown[] = []
  const started: ChildProcess[] = []
  try {
    for (const sessions of sizes) {
      const one = await engine.grow(sessions)
      grown.push(one)
      console.error(`${engine.name}, ${sessions}: ${one.fillingSeconds.toFixed(0)} s`)
    }
    const disk = await engine.commitMilliseconds()
    const inProcess = { engine, grown, ...size }
    // Before anything is written: a commit empties the page caches of SQLite's readers.
    const lookUps = await measureLookUps(inProcess)
    const statements = await measureStatements(inProcess)
    const load = startProcess('load.ts', { core: 'load', log: join(folder, 'load.log') })
    started.push(load)
    const servers: Server[] = []
    for (const { peer } of grown) servers.push(await startServer(peer, folder))
    started.push(...servers.map(({ child }) => child))
    const plan: Plan = { ...inProcess, folder, load }
    const checks = await measureChecks(plan, servers)
    const logIns = await measureLogIns(plan, servers)
    const all = [checks, lookUps, statements, logIns, measureSpace(inProcess)]
    const title = `${engine.name}; the disk keeps a commit in ${disk.toFixed(2)} ms`
    printGrowth(
      title,
      sizes,
      all.flatMap(({ rows }) => rows),
    )
    return all.flatMap(({ series }) => series)
  } finally {
    for (const child of started) await stopProcess(child)
    for (const { database } of grown) await database.close()
  }
}
