import { hash } from 'node:crypto'
import pg, { type QueryArrayConfig } from 'pg'
import type { Value } from './database.ts'
import { countParameters, lexemes, requireBindable } from './parameters.ts'

/** Whether statements are prepared under a name, which does not work behind some poolers. */
export type StatementNames = 'named' | 'unnamed'

/** Remembers the statements that were sent, each with the name under which it is prepared. */
export class PostgresStatements {
  readonly #names: StatementNames
  readonly #known = new Map<string, Statement>()

  constructor(names: StatementNames) {
    this.#names = names
  }

  /** @throws Error for a statement that writes: outside a transaction nothing could roll it back */
  read(sql: string, values: readonly Value[], limit?: QueryLimit): PostgresQuery {
    const statement = this.#get(sql)
    if (!statement.reads) throw new Error(`Send it through transaction(): ${sql}`)
    return toQuery(statement, { values, limit })
  }

  write(sql: string, values: readonly Value[], limit: QueryLimit): PostgresQuery {
    return toQuery(this.#get(sql), { values, limit })
  }

  #get(sql: string): Statement {
    const known = this.#known.get(sql)
    if (known) return known
    const statement: Statement = {
      text: sql,
      rowMode: 'array',
      types,
      queryMode: 'extended',
      name: this.#names === 'named' && this.#known.size < remembered ? nameOf(sql) : undefined,
      parameters: countParameters(sql),
      reads: isRead(sql),
    }
    // Bounded, because statements that are composed anew each time would pile up, here and in PostgreSQL.
    if (this.#known.size < remembered) this.#known.set(sql, statement)
    return statement
  }
}

/** For how long pg waits for an answer. */
export interface QueryLimit {
  readonly query_timeout: number
}

/** What is sent: a text, its values, and how the rows are read. */
export interface PostgresQuery extends QueryArrayConfig {
  /** The simple protocol of PostgreSQL would accept several statements in one text. */
  readonly queryMode: 'extended'
}

interface Statement extends Omit<PostgresQuery, 'values'> {
  readonly parameters: number
  readonly reads: boolean
}

const remembered = 500
const reading = /^[\s(]*(?:select|with|values|explain|show)\b/i
// A row lock, or a write after WITH or EXPLAIN ANALYZE.
const writing =
  /\bfor\s+(?:no\s+key\s+update|update|key\s+share|share)\b|\b(?:insert|merge)\s+into\b|\bdelete\s+from\b|\bupdate\b[^;]*\bset\b/i

function isRead(sql: string): boolean {
  const code = sql.replace(lexemes, (lexeme, lock) => (lock === undefined ? ' ' : lexeme))
  return reading.test(code) && !writing.test(code)
}

// A short digest, because PostgreSQL cuts names after 63 bytes, and pg would take two texts with one name for the same.
function nameOf(sql: string): string {
  return `latchkey_${hash('sha256', sql).slice(0, 32)}`
}

function toQuery(
  statement: Statement,
  { values, limit }: { values: readonly Value[]; limit: QueryLimit | undefined },
): PostgresQuery {
  requireBindable(values, statement.parameters)
  // pg copies the own properties of a query one by one, and what it inherits not at all. But a query without a name is
  // copied by OpenTelemetry as well, which adds a comment to its text and leaves out what it inherits.
  const isNamed = statement.name !== undefined
  const query: PostgresQuery = isNamed ? Object.create(statement) : { ...statement }
  return Object.assign(query, { values: values.map(toSent) }, limit)
}

// pg would write a Date in the time zone of this process, and years with four digits only.
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
  // 1 or 0, as in SQLite.
  [builtins.BOOL, (text) => (text === 't' ? 1 : 0)],
  [builtins.BYTEA, getTypeParser(builtins.BYTEA)],
  [builtins.TIMESTAMPTZ, readInstant],
])

function readInstant(text: string): unknown {
  const instant = getTypeParser(builtins.TIMESTAMPTZ)(text)
  if (instant !== null) return instant
  throw new Error(`PostgreSQL writes an instant as ${text}: set DateStyle to ISO for this role`)
}

// Values of all other types are texts, as PostgreSQL writes them.
const types = { getTypeParser: (oid: number) => parsers.get(oid) ?? String }
