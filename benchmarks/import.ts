// npm run bench:import: users from a file and from a Rails database, while a server answers.
import type { ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createAuth, createStore, migrate } from '../src/server.ts'
import { openDatabase } from '../templates/api/database.ts'
import { writeCsv, writeRails } from './import-sources.ts'
import {
  askMeanwhile,
  describeLatencies,
  type Import,
  type Latencies,
  runImport,
} from './import-watch.ts'
import { startPostgres } from './postgres-processes.ts'
import { startProcess, stopProcess } from './processes.ts'

const usage = `npm run bench:import [-- --rows 1000000 --seconds 20 --only csv,rails,postgres]

Imports so many users from a CSV file and from a SQLite database of Rails' into SQLite, and from the file
into PostgreSQL, while a server on the same database checks tokens and logs in; and prints the times of
those beside what they are while nothing is imported, for so many seconds.`

// The user who asks the server meanwhile.
const emailAddress = 'asks@example.com'
const password = 'correct horse battery staple'
const port = 3_977

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '20' },
    only: { type: 'string', default: 'csv,rails,postgres' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(usage)
else await bench(Number(values.rows), Number(values.seconds), values.only.split(','))

interface Run {
  readonly name: string
  readonly args: readonly string[]
  readonly databaseUrl: string
}

async function bench(rows: number, seconds: number, only: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  // PostgreSQL runs as another user, who must be able to enter the folder.
  chmodSync(folder, 0o755)
  const [csv, rails] = [join(folder, 'users.csv'), join(folder, 'rails.sqlite3')]
  const cluster = only.includes('postgres') ? await startPostgres(folder) : null
  try {
    if (only.some((each) => each !== 'rails')) await writeCsv(csv, rows)
    if (only.includes('rails')) writeRails(rails, rows)
    const sqlite = (name: string) => `sqlite:${join(folder, name)}`
    const fromRails = ['import', 'rails', '--database', `sqlite:${rails}`]
    const runs: Run[] = [
      { name: 'csv', args: ['import', 'csv', csv], databaseUrl: sqlite('a.sqlite3') },
      { name: 'rails', args: fromRails, databaseUrl: sqlite('b.sqlite3') },
      { name: 'postgres', args: ['import', 'csv', csv], databaseUrl: cluster?.url ?? '' },
    ]
    for (const run of runs.filter(({ name }) => only.includes(name))) {
      print(run, await measure(run, { rows, seconds, folder }))
    }
  } finally {
    await cluster?.stop('immediate')
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Measured {
  readonly alone: Latencies
  readonly meanwhile: Latencies
  readonly done: Import
}

async function measure(
  { args, databaseUrl }: Run,
  { rows, seconds, folder }: { rows: number; seconds: number; folder: string },
): Promise<Measured> {
  const token = await prepare(databaseUrl)
  const server = startServer(databaseUrl, join(folder, 'server.log'))
  try {
    const asked = { url: `http://127.0.0.1:${port}`, token, emailAddress, password }
    await untilServing(asked.url)
    // Afterwards the code has been compiled.
    await askMeanwhile(asked, wait(2_000))
    const alone = await askMeanwhile(asked, wait(seconds * 1_000))
    const importing = runImport(args, { databaseUrl, rows })
    const [meanwhile, done] = await Promise.all([askMeanwhile(asked, importing), importing])
    return { alone, meanwhile, done }
  } finally {
    await stopProcess(server)
  }
}

async function prepare(databaseUrl: string): Promise<string> {
  const { database, migrations } = await openDatabase(databaseUrl)
  await migrate(database, migrations)
  const auth = createAuth({ store: createStore(database) })
  await auth.createUser({ emailAddress, password })
  // Another user, whose session is not ended by the log-ins.
  const other = { emailAddress: 'checks@example.com', password }
  await auth.createUser(other)
  const loggedIn = await auth.logIn(other)
  await auth.flush()
  await database.close()
  return loggedIn?.token.reveal() ?? ''
}

function startServer(databaseUrl: string, log: string): ChildProcess {
  const environment = {
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    APP_URL: 'https://app.example.com',
    SMTP_URL: 'smtp://127.0.0.1:9',
    MAIL_FROM: 'no-reply@example.com',
  }
  return startProcess('servers/latchkey-importing.ts', { core: 'server', environment, log })
}

async function untilServing(url: string): Promise<void> {
  for (;;) {
    const reply = await fetch(`${url}/v1/session`).catch(() => null)
    if (reply?.status === 401) return
    await wait(100)
  }
}

function print({ name }: Run, { alone, meanwhile, done }: Measured): void {
  const { rows, seconds, memory } = done
  console.log(`
${name}: ${rows} users in ${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} /s; at most ${memory.early.toFixed(0)} MB in the first tenth of the time, ${memory.end.toFixed(0)} MB in all

| while | checks p50, ms | p99, ms | log-ins p50, ms | p99, ms |
| --- | --- | --- | --- | --- |
${describeLatencies('nothing is imported', alone)}
${describeLatencies('users are imported', meanwhile)}`)
}
