// npm run bench:look-up: how long a session takes to be found among few and among many.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { printLookUps } from './look-up-report.ts'
import { postgresLookUps } from './postgres-look-ups.ts'
import { startPostgres } from './postgres-processes.ts'
import { sqliteLookUps } from './sqlite-look-ups.ts'

const { values } = parseArgs({
  options: {
    few: { type: 'string', default: '10000' },
    many: { type: 'string', default: '10000000' },
    help: { type: 'boolean', default: false },
  },
})
const usage = `npm run bench:look-up [-- --few 10000 --many 10000000]

Fills SQLite and PostgreSQL with so many sessions, and looks some of them up, warm. Ten million take
about 5 GB in the folder for temporary files.`
if (values.help) console.log(usage)
else await bench([Number(values.few), Number(values.many)])

async function bench(sizes: readonly number[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-look-up-'))
  chmodSync(folder, 0o755)
  try {
    const { alone, together } = await sqliteLookUps(folder, sizes)
    printLookUps('SQLite, in the process, one in a turn of the event loop', alone)
    printLookUps('SQLite, in the process, many in a turn', together)
    for (const sessions of sizes) rmSync(join(folder, `${sessions}.sqlite3`))
    // A quarter of the memory is what PostgreSQL's manual recommends.
    const quarter = `${Math.floor(totalmem() / 4 / 1_048_576)}MB`
    const cluster = await startPostgres(folder, { sharedBuffers: quarter })
    try {
      const postgres = []
      for (const sessions of sizes) postgres.push(await postgresLookUps(cluster.url, sessions))
      printLookUps('PostgreSQL, EXPLAIN ANALYZE', postgres)
    } finally {
      await cluster.stop('immediate')
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
