import { ownOrigin } from '../storage/deleted-users.ts'
import { countLines, type Line, openBytes, readLines } from './lines.ts'
import { type Origin, OriginError, type OriginRow } from './origin.ts'
import { end, header, readRecord } from './record.ts'
import { type FieldNames, isOptional, readFieldNames, toOriginUser } from './user-fields.ts'

/**
 * A file with a JSON object in each line: an export of Latchkey, or users of another system.
 *
 * @param file a path, or `-` for the standard input
 * @throws OriginError if the file cannot be read, is an export of another version, or the mapping is invalid
 */
export async function openNdjson(file: string, mapping: unknown, name: string): Promise<Origin> {
  const users = readFieldNames(mapping)
  const count = await countLines(file)
  const lines = readLines(openBytes(file))
  const first = await lines.next()
  const object = first.done ? null : readObject(first.value)
  const isExport = object?.type === header.type
  if (isExport && object.version !== header.version) {
    throw new OriginError(
      `This export is of version ${String(object.version)}; this Latchkey reads version ${header.version}`,
    )
  }
  return {
    name: isExport ? ownOrigin : name,
    notes: [],
    read: () => (isExport ? readExport(lines) : readUsers(first, lines, users)),
    count: async () => count,
    async close() {
      await lines.return(undefined)
    },
  }
}

async function* readUsers(
  first: IteratorResult<Line>,
  rest: AsyncIterable<Line>,
  names: FieldNames,
): AsyncGenerator<OriginRow> {
  if (first.done) throw new OriginError('There is no line in it')
  yield toUser(first.value, names)
  for await (const line of rest) yield toUser(line, names)
}

function toUser(line: Line, names: FieldNames): OriginRow {
  const object = readObject(line)
  if (!object) return fault(line)
  // Otherwise a mistyped name would import everybody without a password.
  if (lacksField(object, names)) return { ...fault(line), reason: 'missing_field' }
  const read = (name: string) => (Object.hasOwn(object, name) ? object[name] : null)
  return toOriginUser(names, where(line), read)
}

function lacksField(object: Readonly<Record<string, unknown>>, names: FieldNames): boolean {
  return Object.entries(names).some(([field, name]) => {
    return name !== null && !isOptional(field, name) && !Object.hasOwn(object, name)
  })
}

async function* readExport(lines: AsyncIterable<Line>): AsyncGenerator<OriginRow> {
  let rows = 0
  let isWhole = false
  for await (const line of lines) {
    const object = readObject(line)
    if (object?.type === end) {
      isWhole = object.records === rows
      continue
    }
    rows += 1
    if (!object) yield fault(line)
    else yield readRecord(object, where(line)) ?? { ...fault(line), reason: 'invalid_record' }
  }
  if (isWhole) return
  throw new OriginError(
    'The export is not whole: its last line is missing, or does not say how many records there are. What is in it was imported',
  )
}

function fault(line: Line): Extract<OriginRow, { type: 'fault' }> {
  const reason = line.bytes === null ? 'line_too_long' : 'malformed_line'
  return { type: 'fault', reason, where: where(line) }
}

function where({ number }: Line): string {
  return `line ${number}`
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The object in a line; null if it is not a JSON object in UTF-8. The first line may begin with a byte order mark. */
function readObject({ bytes }: Line): Readonly<Record<string, unknown>> | null {
  if (!bytes) return null
  try {
    const text = utf8.decode(bytes)
    const value: unknown = JSON.parse(text, hasLongNumber.test(text) ? exact : undefined)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

const hasLongNumber = /[:[,\s]-?\d{16}/

// A 64-bit id keeps its digits: JavaScript would round it to the id of somebody else.
function exact(_name: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source ?? ''
  const isRounded =
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
  return isRounded && /^-?\d+$/.test(source) ? source : value
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
