// The Projects API as in production, for scanners: on a loopback port, without rate limits, with a
// cheap hash, and with a clock that stands still, so that answers differ by what was asked alone.
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  argon2id,
  createApp,
  createAuth,
  createMailbox,
  createOutbox,
  createStore,
  type Database,
  type LogEntry,
  migrate,
  nodeServer,
  type Outbox,
} from 'latchkey/server'
import { openDatabase } from '../../templates/api/database.ts'
import { routes, scopes } from '../../templates/api/routes.ts'
import { type Fixture, fill } from './fixture.ts'

export interface ScanServer {
  readonly origin: string
  /** What is in the database, before every request anew. */
  readonly fixture: Fixture
  /** What it answered since this was last called: how often with which status. */
  takeStatuses(): ReadonlyMap<number, number>
  /** Has a page of its own beside the API: where a crawler begins. */
  show(path: string, html: string): void
  /** What it logged as a fault: a statement that a database did not understand is one. */
  readonly faults: readonly string[]
  close(): Promise<void>
}

export interface ScanSettings {
  /** With `development` it has `/dev/mailbox`, with all that was mailed since the start. */
  readonly mode: 'production' | 'development'
  readonly signUp: 'open' | 'confirm'
}

export async function startScanServer(
  databaseUrl: string,
  { mode, signUp }: ScanSettings,
): Promise<ScanServer> {
  const { database, migrations } = await openDatabase(databaseUrl)
  await migrate(database, migrations)
  const faults: string[] = []
  const log = {
    info: () => {},
    warn: () => {},
    error: (entry: LogEntry, message: string) => void faults.push(describe(entry, message)),
  }
  const now = new Date()
  const authWith = (signUp: ScanSettings['signUp']) =>
    createAuth({
      store: createStore(database),
      passwordHash: argon2id({ cost: { memoryKibibytes: 8, passes: 1 } }),
      rateLimits: 'off',
      clock: () => now,
      apiKeys: { scopes },
      signUp,
      log,
    })
  const auth = authWith(signUp)
  const mailbox = createMailbox()
  const outbox = createOutbox(auth, {
    transport: mailbox,
    from: 'no-reply@example.com',
    appUrl: 'https://app.example.com',
    log,
  })
  const app = createApp(auth, {
    routes: routes(database),
    mode,
    mailbox: mode === 'development' ? mailbox : null,
    // So that what a scanner puts into X-Forwarded-For is read.
    trustedProxies: ['127.0.0.1'],
    corsOrigins: ['https://app.example.com'],
    log,
  })
  // Whoever signs up here has a token at once, whatever the app that is scanned does.
  const open = createApp(authWith('open'), { routes: routes(database) })
  const fixture = await fill({ open, app }, { mailbox, outbox })
  await keep(database)
  const server = nodeServer(app)
  const pages = new Map<string, string>()
  let statuses = new Map<number, number>()
  const tidied = tidyAfterEach(server, {
    pages,
    tidy: () => restore(database, outbox),
    count: (status) => statuses.set(status, (statuses.get(status) ?? 0) + 1),
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${address.port}`,
    fixture,
    takeStatuses() {
      const taken = statuses
      statuses = new Map()
      return taken
    },
    show: (path, html) => void pages.set(path, html),
    faults,
    async close() {
      server.close()
      server.closeAllConnections()
      await tidied()
      await auth.flush()
      await database.close()
    },
  }
}

function describe(entry: LogEntry, message: string): string {
  return JSON.stringify({ message, ...entry }, (_key, value) =>
    value instanceof Error ? String(value.stack) : value,
  )
}

interface Tidying {
  readonly pages: ReadonlyMap<string, string>
  readonly tidy: () => Promise<void>
  readonly count: (status: number) => void
}

/**
 * The next request waits until all is as it was: whoever is deleted, logged out or given another
 * password by one payload is there for the next.
 *
 * @returns what waits for the last
 */
function tidyAfterEach(server: Server, { pages, tidy, count }: Tidying): () => Promise<void> {
  const [listener] = server.listeners('request')
  if (!listener) throw new Error('The server has no listener')
  server.removeAllListeners('request')
  let before = Promise.resolve()
  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const page = pages.get(incoming.url ?? '')
    if (page) return void outgoing.setHeader('content-type', 'text/html; charset=utf-8').end(page)
    const turn = before
    before = turn
      .then(() => {
        // Whoever hung up while waiting is not waited for.
        if (outgoing.closed) return
        const closed = once(outgoing, 'close')
        Reflect.apply(listener, server, [incoming, outgoing])
        return closed
      })
      .then(() => {
        count(outgoing.statusCode)
        const isRead = incoming.method === 'GET' || incoming.method === 'HEAD'
        // What is refused has changed nothing.
        if (!isRead && outgoing.statusCode < 400) return tidy()
      })
  })
  return () => before
}

const tables = [
  ...['users', 'registrations', 'sessions', 'seen_devices', 'email_changes', 'email_verifications'],
  ...['password_resets', 'api_keys', 'projects', 'events'],
]

async function keep(database: Database): Promise<void> {
  const copies = tables.map((table) => `CREATE TABLE kept_${table} AS SELECT * FROM ${table};`)
  await database.migration((transaction) => transaction.script(copies.join('\n')))
}

// What a request queued is sent first: what the worker asks of the database is scanned as well.
async function restore(database: Database, outbox: Outbox): Promise<void> {
  const queued = await database.query('SELECT 1 FROM outbox LIMIT 1', [])
  if (queued.length > 0) await outbox.deliverDue()
  const refill = tables.map((table) => `INSERT INTO ${table} SELECT * FROM kept_${table};`)
  const empty = ['outbox', 'events', 'registrations', 'users'].map(
    (table) => `DELETE FROM ${table};`,
  )
  await database.transaction((transaction) => transaction.script([...empty, ...refill].join('\n')))
}
