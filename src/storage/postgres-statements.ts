import { hash } from 'node:crypto'
import pg, { type QueryArrayConfig } from 'pg'
import type { Value } from './database.ts'
import { countParameters, lexemes, requireBindable } from './parameters.ts'

/** Whether statements are prepared under a name, which does not work behind some poolers. */
export type StatementNames = 'named' | 'unnamed'

/** The statements that were sent, each examined once, with the name under which it is prepared. */
export class PostgresStatements {
  readonly #names: StatementNames
  readonly #known = new Map<string, Statement>()

  constructor(names: StatementNames) {
    this.#names = names
  }

  /** @throws Error for a text that writes, or is no statement: outside a transaction nothing would undo it */
  read(sql: string, values: readonly Value[]): PostgresQuery {
    const statement = this.#get(sql)
    if (!statement.reads) throw new Error(`Send it through transaction(): ${sql}`)
    return toQuery(sql, values, statement)
  }

  write(sql: string, values: readonly Value[]): PostgresQuery {
    return toQuery(sql, values, this.#get(sql))
  }

  #get(sql: string): Statement {
    const known = this.#known.get(sql)
    if (known) return known
    const statement = {
      name: this.#names === 'named' && this.#known.size < remembered ? nameOf(sql) : undefined,
      parameters: countParameters(sql),
      reads: isRead(sql),
    }
    // Texts that are put together anew each time would otherwise pile up, here and in PostgreSQL.
    if (this.#known.size < remembered) this.#known.set(sql, statement)
    return statement
  }
}

/** What is sent: a text, its values, and how the rows are read. */
export interface PostgresQuery extends QueryArrayConfig {
  /** The simple protocol of PostgreSQL would accept several statements in one text. */
  readonly queryMode: 'extended'
}

interface Statement {
  readonly name: string | undefined
  readonly parameters: number
  readonly reads: boolean
}

const remembered = 500
const reading = /^[\s(]*(?:select|with|values|explain|show)\b/i
// A lock, or a write behind a WITH or an EXPLAIN ANALYZE.
const writing =
  /\bfor\s+(?:no\s+key\s+update|update|key\s+share|share)\b|\b(?:insert|merge)\s+into\b|\bdelete\s+from\b|\bupdate\b[^;]*\bset\b/i

function isRead(sql: string): boolean {
  const code = sql.replace(lexemes, (lexeme, lock) => (lock === undefined ? ' ' : lexeme))
  return reading.test(code) && !writing.test(code)
}

// PostgreSQL cuts names after 63 bytes; and pg would take two texts with the same name for one.
function nameOf(sql: string): string {
  return `latchkey_${hash('sha256', sql).slice(0, 32)}`
}

function toQuery(
  sql: string,
  values: readonly Value[],
  { name, parameters }: Statement,
): PostgresQuery {
  requireBindable(values, parameters)
  return { name, text: sql, values: values.map(toSent), rowMode: 'array', types, queryMode }
}

const queryMode = 'extended'

// pg would write a Date in this process's time zone, and with years of four digits.
function toSent(value: Value): Value {
  return value instanceof Date ? value.toISOString() : value
}

const { builtins, getTypeParser } = pg.types
const parsers = new Map<number, (text: string) => unknown>([
  [builtins.INT2, Number],
  [builtins.INT4, Number],
  [builtins.INT8, Number],
  [builtins.FLOAT4, Number],
  [builtins.FLOAT8, Number],
  // As SQLite answers a comparison.
  [builtins.BOOL, (text) => (text === 't' ? 1 : 0)],
  [builtins.BYTEA, getTypeParser(builtins.BYTEA)],
  [builtins.TIMESTAMPTZ, readInstant],
])

function readInstant(text: string): unknown {
  const instant = getTypeParser(builtins.TIMESTAMPTZ)(text)
  if (instant !== null) return instant
  throw new Error(`PostgreSQL writes an instant as ${text}: set DateStyle to ISO for this role`)
}

// All other types are text, as PostgreSQL writes them.
const types = { getTypeParser: (oid: number) => parsers.get(oid) ?? String }
