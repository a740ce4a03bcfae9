import { Readable } from 'node:stream'
import { type CsvError, parse } from 'csv-parse'
import { countLines, longestLine, openBytes } from './lines.ts'
import { type Origin, OriginError, type OriginRow } from './origin.ts'
import { type FieldNames, isOptional, readFieldNames, toOriginUser } from './user-fields.ts'

/**
 * The users of a CSV file in UTF-8 (RFC 4180). Its first line names the columns; unknown columns are ignored.
 *
 * @param file a path, or `-` for the standard input
 * @throws OriginError for an invalid mapping
 */
export async function openCsv(file: string, mapping: unknown, name: string): Promise<Origin> {
  const users = readFieldNames(mapping)
  const lines = await countLines(file)
  return {
    name,
    notes: [],
    read: () => read(file, users),
    // Without the first line; line breaks inside quotes are counted too.
    count: async () => (lines === null ? null : Math.max(0, lines - 1)),
    async close() {},
  }
}

interface Skipped {
  readonly line: number
  readonly code: string | undefined
}

async function* read(file: string, names: FieldNames): AsyncGenerator<OriginRow> {
  const skipped: Skipped[] = []
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: true,
    max_record_size: longestLine,
    skip_records_with_error: true,
    on_skip(error) {
      skipped.push({ line: lineOf(error), code: error?.code })
      return undefined
    },
  })
  const source = Readable.from(openBytes(file), { objectMode: false })
  // The reader of the parser must get the errors of the source as well.
  source.on('error', (error) => parser.destroy(error))
  let columns: Columns | null = null
  for await (const { record, info } of source.pipe(parser)) {
    yield* faults(skipped)
    if (!columns) columns = readHeader(record, names)
    else yield toUser(record, columns, `line ${info.lines}`)
  }
  yield* faults(skipped)
  requireWhole(skipped)
  if (!columns) throw new OriginError(`${nameOf(file)} has no line that names its columns`)
}

// After these errors the parser cannot resume.
const lost = ['CSV_MAX_RECORD_SIZE', 'CSV_QUOTE_NOT_CLOSED']

// A line with two faults is skipped twice, and reported once.
function* faults(skipped: Skipped[]): Generator<OriginRow> {
  const all = skipped.splice(0)
  skipped.push(...all.filter(({ code = '' }) => lost.includes(code)))
  const lines = new Set(all.filter((each) => !skipped.includes(each)).map(({ line }) => line))
  for (const line of lines) {
    yield { type: 'fault', reason: 'malformed_line', where: `line ${line}` }
  }
}

// SECURITY: the import fails, or the rows after the fault would be lost silently. Those before it were read.
function requireWhole([first]: readonly Skipped[]): void {
  if (!first) return
  throw new OriginError(
    `Up to line ${first.line} there is a record that does not end: look for a quote that is not closed, or a field of more than 1 MB. Nothing behind it was read`,
  )
}

function lineOf(error: CsvError | undefined): number {
  return typeof error?.lines === 'number' ? error.lines : 0
}

interface Columns {
  readonly names: FieldNames
  readonly indexes: ReadonlyMap<string, number>
}

function readHeader(header: readonly string[], mapped: FieldNames): Columns {
  if (header.some((name) => name.includes('\0') || name.includes('\ufffd'))) {
    throw new OriginError(
      'The file is not in UTF-8: convert it, for example with iconv -f UTF-16 -t UTF-8',
    )
  }
  const [only = '', ...others] = header
  if (others.length === 0 && /[;\t|]/.test(only)) {
    throw new OriginError('The first line has no comma: columns are separated by commas')
  }
  const columns = header.map((name) => name.trim())
  const indexes = new Map(columns.map((name, index) => [name, index]))
  for (const [field, name] of Object.entries(mapped)) {
    if (name !== null && columns.indexOf(name) !== columns.lastIndexOf(name)) {
      throw new OriginError(`The file has two columns ${name}: rename the one that does not count`)
    }
    if (name === null || indexes.has(name) || isOptional(field, name)) continue
    throw new OriginError(
      `The file has no column ${name}, but ${describe(header)}: say with --map what it is called, or null for none`,
    )
  }
  return { names: mapped, indexes }
}

// SECURITY: without a header line the first line is somebody's row, with their hash.
function describe(header: readonly string[]): string {
  const isRow = header.some((name) => !/^[\p{L}\p{N} _-]{0,40}$/u.test(name))
  return isRow ? 'a first line that names no columns' : header.join(', ').slice(0, 300)
}

function toUser(record: readonly string[], { names, indexes }: Columns, where: string): OriginRow {
  return toOriginUser(names, where, (name) => record[indexes.get(name) ?? -1])
}

function nameOf(file: string): string {
  return file === '-' ? 'The standard input' : file
}
