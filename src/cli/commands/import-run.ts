import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { messageOf } from '../../core/thrown.ts'
import { requireWhole } from '../../storage/migrate.ts'
import { importFrom } from '../../transfer/import.ts'
import type { Turns } from '../../transfer/importing.ts'
import { type Origin, OriginError } from '../../transfer/origin.ts'
import type { RefusedRow } from '../../transfer/refusals.ts'
import type { Summary } from '../../transfer/tally.ts'
import { readSessionEnvironment } from '../environment.ts'
import { Refused } from './command.ts'
import { databaseOptions, withDatabase, withMigrated } from './database.ts'
import { ImportProgress } from './import-progress.ts'
import { describeLogIn, type LogInPrice, measureLogIn } from './log-in-price.ts'
import { complain, jsonOption, printJson, printTable, toJsonLine } from './output.ts'
import { PrivateFile } from './private-file.ts'

/** The options of every command that imports. */
export const importOptions = {
  'dry-run': { type: 'boolean', meaning: 'Say what would be imported, and write nothing' },
  map: { type: 'string', value: 'FILE', meaning: 'JSON: the names of its tables and columns' },
  report: {
    type: 'string',
    value: 'FILE',
    meaning: 'Write each refused row and why into a new file',
  },
  json: jsonOption,
  ...databaseOptions,
} as const

interface Given {
  readonly 'dry-run'?: boolean | undefined
  readonly map?: string | undefined
  readonly report?: string | undefined
  readonly json?: boolean | undefined
  readonly dev?: boolean | undefined
}

/**
 * Imports from the source that `open` opens, and reports the result.
 *
 * @throws Refused if the source cannot be read, or the database not be written
 */
export async function runImport(
  given: Given,
  open: (mapping: unknown) => Promise<Origin>,
): Promise<void> {
  const begunAt = performance.now()
  // Servers on the same machine come first. But not the lowest priority: the import holds the database's lock at times,
  // and on a busy machine servers would then wait for it. Nor a higher one than it was started with.
  setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL))
  const refused = new RefusedRows(given.report === undefined ? null : new PrivateFile(given.report))
  const importing = withMigrated(given, (url) => importInto(url, { given, open, refused }))
  const summary = await importing.catch((error) => {
    refused.breakOff()
    throw error instanceof OriginError ? new Refused(error.message) : error
  })
  refused.end()
  const seconds = Math.round(performance.now() - begunAt) / 1_000
  say(summary, { given, seconds, price: await measureLogIn(summary.password_schemes) })
}

interface Work {
  readonly given: Given
  readonly open: (mapping: unknown) => Promise<Origin>
  readonly refused: RefusedRows
}

async function importInto(url: string, { given, open, refused }: Work): Promise<Summary> {
  const sessions = readSessionEnvironment(process.env)
  // Before the source is opened: whatever is created there later may be missing from the snapshot.
  const now = new Date()
  const origin = await open(given.map === undefined ? null : readMapping(given.map))
  try {
    for (const note of origin.notes) complain(note)
    const progress = new ImportProgress({
      total: await origin.count(),
      screen: process.stderr,
      monotonic: () => performance.now(),
    })
    const summary = await withDatabase(url, async (database) => {
      // Checked first: later, a missing table would look like a database that is unreachable for a moment.
      await requireWhole(database)
      return importFrom(origin, database, {
        mode: given['dry-run'] ? 'dry-run' : 'write',
        now,
        random: pooledBytes(),
        sessions,
        onRefused: (row) => refused.add(row),
        onProgress: (rows) => progress.show(rows),
        pause: wait,
        turns: url.startsWith('sqlite:') ? inTurns() : (work) => work(),
      })
    })
    progress.end()
    return summary
  } finally {
    await origin.close()
  }
}

// For the ids of a million rows: a few random bytes take as long as many.
function pooledBytes(): (size: number) => Uint8Array {
  let pool = Buffer.alloc(0)
  return (size) => {
    if (pool.length < size) pool = randomBytes(16_384)
    const bytes = pool.subarray(0, size)
    pool = pool.subarray(size)
    return bytes
  }
}

// Other processes try every 10 ms to take the lock of the file, so it must be free for longer than that.
const freeMilliseconds = 12

// Pauses between writes; rows are read and checked meanwhile.
function inTurns(): Turns {
  let freeAt = Number.NEGATIVE_INFINITY
  return async (work) => {
    const left = freeAt + freeMilliseconds - performance.now()
    if (left > 0) await wait(left)
    const result = await work()
    freeAt = performance.now()
    return result
  }
}

function readMapping(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'it is no JSON' : messageOf(error)
    throw new Refused(`${file} cannot be read: ${reason}`)
  }
}

const shownRows = 10

/** Shows the first refused rows, and writes all of them to the report. */
class RefusedRows {
  readonly #report: PrivateFile | null
  #count = 0

  constructor(report: PrivateFile | null) {
    this.#report = report
  }

  add({ where, reason, emailAddress }: RefusedRow): void {
    this.#count += 1
    const row = { where, reason, email_address: emailAddress?.slice(0, 254) ?? null }
    this.#report?.write(`${toJsonLine(row)}\n`)
    if (this.#count > shownRows) return
    const whose = row.email_address === null ? '' : ` ${row.email_address}`
    complain(`${where}: ${reason}${whose}`)
  }

  /** Removes an empty report, or the next run would be refused its name. */
  breakOff(): void {
    if (this.#count === 0) this.#report?.remove()
    else this.end()
  }

  end(): void {
    try {
      this.#report?.close()
    } catch (error) {
      this.#report?.remove()
      throw error
    }
    const more = this.#count - shownRows
    if (more <= 0) return
    const where = this.#report ? 'the report has all' : '--report FILE takes all'
    complain(`… and ${more} more were refused: ${where}`)
  }
}

interface Said {
  readonly given: Given
  readonly seconds: number
  readonly price: LogInPrice
}

function say(summary: Summary, { given, seconds, price }: Said): void {
  const isDry = given['dry-run'] === true
  if (given.json) {
    const { schemes, milliseconds } = price
    const costs = { password_schemes: schemes, log_in_milliseconds: milliseconds }
    printJson({ dry_run: isDry, ...summary, ...costs, seconds })
  } else {
    printTable(toRows(summary, seconds))
    const hasSchemes = price.schemes.length > 0
    if (hasSchemes) complain(describeLogIn(price, isDry ? 'would take' : 'takes'))
  }
  if (isDry) complain('Nothing was written: this was a dry run')
}

function toRows(
  { refused, password_schemes: schemes, ...counts }: Summary,
  seconds: number,
): string[][] {
  const reasons = Object.entries(refused).map(([reason, rows]) => [`refused: ${reason}`, rows])
  const hashes = schemes.map(({ scheme, users }) => [`hashes: ${scheme}`, users ?? 'not counted'])
  const rows = [...Object.entries(counts), ...reasons, ...hashes, ['seconds', seconds]]
  return rows.map(([name, value]) => [String(name), String(value)])
}
