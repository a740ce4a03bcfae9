import { mapNames, type NameGroups } from '../mapping.ts'
import { OriginError } from '../origin.ts'
import { quote, type SourceDatabase } from './source-database.ts'

/** How to find a table: its names, and those of its columns. */
export interface Wanted {
  /** The table's name in the `--map` file. */
  readonly group: string
  /** The table's usual names, in the order in which they are tried. */
  readonly tables: readonly string[]
  /** Columns that the table must have. */
  readonly required: readonly string[]
  /** Columns that are read as null if the table lacks them. */
  readonly optional: readonly string[]
  /** The possible names of a column, if the mapping gives none. */
  readonly spellings?: (column: string) => readonly string[]
}

/** A table that was found. */
export interface SourceTable {
  readonly group: string
  /** The table's name, quoted for a statement. */
  readonly name: string
  /** A column's name, quoted for a statement; null if the table lacks it. */
  readonly column: (column: string) => string | null
}

// Not a valid name in a mapping.
const notGiven = ''

export type GivenNames = Readonly<Record<string, Readonly<Record<string, string | null>>>>

/** The names that the mapping gives to these tables and columns; null if the origin has no such thing. */
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
 * Finds a table by the names in the mapping, or by its usual names if the mapping has none.
 *
 * @throws OriginError if there is no such table, saying what is missing and how to map it
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

/** Finds a table; null if the mapping does not name it, and no table has its usual names. */
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

/** The columns for a SELECT, with NULL for each that the table lacks. */
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
