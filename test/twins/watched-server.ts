// A server behind a socket, of which everything is seen that whoever asks, or whoever watches, could see.
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { argon2id, type Database, nodeServer } from 'latchkey/server'
import { inject, onTestFinished } from 'vitest'
import { bearer, type Server, startServer } from '../harness.ts'
import { hashesIn, trace, watchStatements, withWork } from './trace.ts'

/** Today's cost of a password's hash, of which there is room for one of less. */
const cost = { memoryKibibytes: 64, passes: 1 }

/** All that there is to see of one request: of twins it is the same. */
export interface Observation {
  readonly status: number
  /** As they were sent, in their order, but for the time. */
  readonly headers: readonly string[]
  readonly body: string
  /** Statements by shape, transactions, and how much was hashed in between. */
  readonly operations: readonly (string | number)[]
  readonly rows: Rows
  /** What was done, and written, when the answer had left. */
  readonly behind: { readonly operations: readonly (string | number)[]; readonly rows: Rows }
}

/** Of each table that changed, how many rows came or became others, and how many went. */
type Rows = Readonly<Record<string, { readonly written: number; readonly gone: number }>>

export interface Observed extends Observation {
  /** Each hash, with its parameters. */
  readonly hashes: readonly string[]
}

export interface Watched extends Server {
  observe(line: string, body: object | null, token?: string): Promise<Observed>
}

/** Guarded, as in production, and with a user in it. */
export async function startWatched(): Promise<Watched> {
  trace.length = 0
  const auth = { rateLimits: 'on', passwordHash: argon2id({ cost }) } as const
  const server = await startServer({ auth, watch: watchStatements })
  const http = nodeServer(server.app).listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => void http.close())
  const { port } = http.address() as AddressInfo

  const observe = async (line: string, body: object | null, token?: string): Promise<Observed> => {
    await server.auth.flush()
    const before = await readTables(server.database)
    trace.length = 0
    const answer = await ask(port, line, { body, token })
    const entries = trace.splice(0)
    const after = await readTables(server.database)
    await server.auth.flush()
    const behind = {
      operations: trace.splice(0),
      rows: diff(after, await readTables(server.database)),
    }
    const [operations, hashes] = [withWork(entries), hashesIn(entries)]
    return { ...answer, operations, hashes, rows: diff(before, after), behind }
  }
  return { ...server, observe }
}

interface Asked {
  readonly body: object | null
  readonly token: string | undefined
}

async function ask(port: number, line: string, { body, token }: Asked) {
  const [method, path] = line.split(' ')
  const headers = {
    'content-type': 'application/json',
    // So that the bodies are the same to the last byte.
    'x-request-id': 'twins',
    ...(token === undefined ? {} : bearer(token)),
  }
  const asking = request({ port, method, path, headers, agent: false })
  asking.end(body === null ? undefined : JSON.stringify(body))
  const [answer]: IncomingMessage[] = await once(asking, 'response')
  if (!answer) throw new Error('There was no answer')
  const { rawHeaders, statusCode = 0 } = answer
  return { status: statusCode, headers: withoutDate(rawHeaders), body: await text(answer) }
}

function withoutDate(raw: readonly string[]): string[] {
  const lines = []
  for (let index = 0; index < raw.length; index += 2) lines.push(`${raw[index]}: ${raw[index + 1]}`)
  return lines.filter((line) => !/^date:/i.test(line))
}

type Tables = ReadonlyMap<string, ReadonlySet<string>>

async function readTables(database: Database): Promise<Tables> {
  const tables = new Map<string, Set<string>>()
  for (const [name] of await database.query(listTables[inject('database')])) {
    const rows = await database.query(`SELECT * FROM ${name}`)
    tables.set(String(name), new Set(rows.map((row) => JSON.stringify(row))))
  }
  return tables
}

const listTables = {
  sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  postgres: `SELECT CAST(table_name AS text) FROM information_schema.tables
    WHERE table_schema = current_schema() ORDER BY 1`,
}

function diff(before: Tables, after: Tables): Rows {
  const rows: Record<string, { written: number; gone: number }> = {}
  for (const [name, now] of after) {
    const then = before.get(name) ?? new Set()
    const written = [...now].filter((row) => !then.has(row)).length
    const gone = [...then].filter((row) => !now.has(row)).length
    if (written + gone > 0) rows[name] = { written, gone }
  }
  return rows
}
