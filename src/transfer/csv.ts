import { Readable } from 'node:stream'
import { type CsvError, parse } from 'csv-parse'
import { countLines, longestLine, openBytes } from './lines.ts'
import { mapNames } from './mapping.ts'
import { type Origin, OriginError, type OriginRow } from './origin.ts'
import { type FieldNames, fieldNames, optionalFields, toOriginUser } from './user-fields.ts'

/**
 * Users of a CSV file in UTF-8 (RFC 4180), whose first line names the columns; those that nobody asks
 * for are left out.
 *
 * @param file a path, or `-` for the standard input
 * @throws OriginError
 */
export async function openCsv(file: string, mapping: unknown, name: string): Promise<Origin> {
  const { users } = mapNames(fieldNames, mapping)
  const lines = await countLines(file)
  return {
    name,
    notes: [],
    read: () => read(file, users),
    // But for the first, and the line breaks inside of quotes.
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
  // What the file says wrongly is told by the parser, who reads.
  source.on('error', (error) => parser.destroy(error))
  let columns: Columns | null = null
  for await (const { record, info } of source.pipe(parser)) {
    yield* faults(skipped)
    if (!columns) columns = readHeader(record, names)
    else yield toUser(record, columns, `line ${info.lines}`)
  }
  yield* faults(skipped)
  if (!columns) throw new OriginError(`${nameOf(file)} has no line that names its columns`)
}

// Twice for one line, where it has two faults.
function* faults(skipped: Skipped[]): Generator<OriginRow> {
  let last = 0
  for (const { line, code } of skipped.splice(0)) {
    // SECURITY: the parser has lost its place there, and rows would be lost without a word.
    if (code === 'CSV_MAX_RECORD_SIZE' || code === 'CSV_QUOTE_NOT_CLOSED') {
      throw new OriginError(
        `Up to line ${line} there is a record that does not end: look for a quote that is not closed, or a field of more than 1 MB. Nothing behind it was read`,
      )
    }
    if (line !== last) yield { type: 'fault', reason: 'malformed_line', where: `line ${line}` }
    last = line
  }
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
  const indexes = new Map(header.map((name, index) => [name.trim(), index]))
  const names: Record<string, string | null> = { ...mapped }
  for (const field of optionalFields) {
    if (names[field] === null && indexes.has(field)) names[field] = field
  }
  for (const name of Object.values(names)) {
    if (name === null || indexes.has(name)) continue
    throw new OriginError(
      `The file has no column ${name}, but ${[...indexes.keys()].join(', ').slice(0, 300)}: name it with --map, or null for none`,
    )
  }
  return { names: { ...mapped, ...names }, indexes }
}

function toUser(record: readonly string[], { names, indexes }: Columns, where: string): OriginRow {
  return toOriginUser(names, where, (name) => record[indexes.get(name) ?? -1])
}

export function nameOf(file: string): string {
  return file === '-' ? 'The standard input' : file
}
