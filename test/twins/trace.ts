import { type Options, parseOptions } from '@node-rs/argon2'
import type { Database } from 'latchkey/server'

/** What the server does, in order: statements by their shape, and hashes with their parameters. */
export const trace: string[] = []

type Argon2 = typeof import('../../src/core/password-hash/hash-threads.ts')

/** For `vi.mock`: each hash is noted with what it costs. */
export function watchArgon2(argon2: Argon2): Argon2 {
  return {
    ...argon2,
    hash(password, cost) {
      trace.push(argon2Entry(cost))
      return argon2.hash(password, cost)
    },
    verify(hashed, password) {
      trace.push(argon2Entry(parseOptions(hashed)))
      return argon2.verify(hashed, password)
    },
  }
}

export function watchStatements(database: Database): Database {
  return {
    ...database,
    countConnections: () => database.countConnections(),
    lookUp(sql, values, read) {
      trace.push(`read ${shapeOf(sql)}`)
      return database.lookUp(sql, values, read)
    },
    query(sql, values) {
      trace.push(`read ${shapeOf(sql)}`)
      return database.query(sql, values)
    },
    async transaction(work, options) {
      trace.push(`begin ${options?.durability ?? 'full'}`)
      try {
        return await database.transaction(
          (transaction) =>
            work({
              script: (sql) => transaction.script(sql),
              query(sql, values) {
                trace.push(shapeOf(sql))
                return transaction.query(sql, values)
              },
            }),
          options,
        )
      } finally {
        trace.push('end')
      }
    },
  }
}

/** The same with hashes that follow on each other as one: what they cost together. */
export function withWork(entries: readonly string[]): (string | number)[] {
  const summed: (string | number)[] = []
  for (const entry of entries) {
    const work = workOf(entry)
    const last = summed.at(-1)
    if (work === null) summed.push(entry)
    else if (typeof last === 'number') summed.splice(-1, 1, last + work)
    else summed.push(work)
  }
  return summed
}

/** The hashes alone, each with its parameters. */
export function hashesIn(entries: readonly string[]): string[] {
  return entries.filter((entry) => workOf(entry) !== null)
}

function argon2Entry({ memoryCost, timeCost, parallelism }: Options): string {
  return `argon2 m=${memoryCost} t=${timeCost} p=${parallelism}`
}

// Kibibytes filled: memory, times passes over it.
function workOf(entry: string): number | null {
  const [, memory, passes] = /^argon2 m=(\d+) t=(\d+)/.exec(entry) ?? []
  return memory === undefined ? null : Number(memory) * Number(passes)
}

function shapeOf(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim()
}
