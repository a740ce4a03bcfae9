import { mapNames, type NameGroups } from '../mapping.ts'
import { OriginError } from '../origin.ts'
import { quote, type SourceDatabase } from './source-database.ts'

/** How a table is to be found: its names, and those of its columns. */
export interface Wanted {
  /** What the file behind `--map` calls the table. */
  readonly group: string
  /** Names that the table has by default, in the order in which they are tried. */
  readonly tables: readonly string[]
  /** Without one of these it is another table. */
  readonly required: readonly string[]
  /** What is null where there is no such column. */
  readonly optional: readonly string[]
  /** How a column may be written that has no name in the mapping. */
  readonly spellings?: (column: string) => readonly string[]
}

/** A table as it is there. */
export interface SourceTable {
  readonly group: string
  /** As it stands in a statement. */
  readonly name: string
  /** The name of a column as it stands in a statement; null where there is none. */
  readonly column: (column: string) => string | null
}

// No mapping can give it.
const notGiven = ''

export type GivenNames = Readonly<Record<string, Readonly<Record<string, string | null>>>>

/** What the mapping says of each of these tables; null stands for what the origin lacks. */
export function readMapping(wanted: readonly Wanted[], mapping: unknown): GivenNames {
  const defaults: NameGroups = Object.fromEntries(
    wanted.map(({ group, required, optional }) => {
      const keys = ['table', ...required, ...optional]
      return [group, Object.fromEntries(keys.map((key) => [key, notGiven]))]
    }),
  )
  return mapNames(defaults, mapping)
}

/**
 * The table by the names that it was given, or else by those that it usually has.
 *
 * @throws OriginError naming what is not there, and how the mapping names it
 */
export async function findTable(
  source: SourceDatabase,
  wanted: Wanted,
  given: GivenNames,
): Promise<SourceTable> {
  const names = given[wanted.group] ?? {}
  const { table, columns } = await findColumns(source, wanted, names)
  const found = new Map<string, string | null>()
  for (const key of [...wanted.required, ...wanted.optional]) {
    found.set(key, findColumn({ key, wanted, columns, name: names[key] ?? null, table }))
  }
  return {
    group: wanted.group,
    name: source.quoteTable(table),
    column: (key) => found.get(key) ?? null,
  }
}

/** The table, or null where there is none that one would take for it, and the mapping names none. */
export async function findTableIfThere(
  source: SourceDatabase,
  wanted: Wanted,
  given: GivenNames,
): Promise<SourceTable | null> {
  const names = given[wanted.group] ?? {}
  if (names.table === null) return null
  const isGiven = Object.values(names).some((name) => name !== notGiven)
  if (isGiven) return findTable(source, wanted, given)
  try {
    return await findTable(source, wanted, given)
  } catch (error) {
    if (error instanceof MissingError) return null
    throw error
  }
}

/** Columns of a SELECT; NULL where there is no such column. */
export function select(table: SourceTable, columns: readonly string[]): string {
  return columns.map((column) => table.column(column) ?? 'NULL').join(', ')
}

class MissingError extends OriginError {}

async function findColumns(
  source: SourceDatabase,
  { group, tables }: Wanted,
  names: Readonly<Record<string, string | null>>,
): Promise<{ table: string; columns: ReadonlySet<string> }> {
  const given = names.table
  const candidates = given ? [given] : tables
  for (const table of candidates) {
    const columns = await source.columnsOf(table)
    if (columns) return { table, columns }
  }
  throw new MissingError(
    `There is no table ${candidates.join(' or ')}; if it has another name, say so with --map: {"${group}": {"table": "…"}}`,
  )
}

interface Sought {
  readonly key: string
  readonly wanted: Wanted
  readonly table: string
  readonly columns: ReadonlySet<string>
  readonly name: string | null
}

function findColumn({ key, wanted, table, columns, name }: Sought): string | null {
  const isRequired = wanted.required.includes(key)
  if (name === null && !isRequired) return null
  const spellings = name ? [name] : (wanted.spellings?.(key) ?? [key])
  const there = spellings.find((each) => columns.has(each))
  if (there !== undefined && name !== null) return quote(there)
  if (name === notGiven && !isRequired) return null
  throw new MissingError(
    `The table ${table} has no column ${spellings.join(' or ')}; if it has another name, say so with --map: {"${wanted.group}": {"${key}": "…"}}`,
  )
}
