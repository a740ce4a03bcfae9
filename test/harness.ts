import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type App,
  type AppOptions,
  type Auth,
  type AuthOptions,
  createApp,
  createAuth,
  createMailbox,
  createMetrics,
  createOutbox,
  createStore,
  type Database,
  type LoggedIn,
  type Mailbox,
  type MailOptions,
  migrate,
  type Outbox,
  type PasswordHash,
  parseEmailAddress,
  type Route,
  Secret,
  type Sender,
  type Transport,
} from 'latchkey/server'
import { type Clock, movableClock, testSettings } from 'latchkey/testing'
import { expect, inject, onTestFinished } from 'vitest'
import { routeTable } from '../src/http/routes.ts'
import { openDatabase as openTemplateDatabase } from '../templates/api/database.ts'
import { scopes, routes as templateRoutes } from '../templates/api/routes.ts'
import { migratedSchema, postgresSchema } from './postgres-schemas.ts'

/** A Projects API on a fresh database, both of which end with the test. */
export interface Server {
  readonly app: App
  readonly auth: Auth
  readonly clock: Clock
  readonly database: Database
  readonly mailbox: Mailbox
  readonly outbox: Outbox
  /** Sends a request, with JSON or without a body. */
  send(line: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
}

/** An answer with its body. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the server sent
  readonly body: any
}

/** The URL of the front end. */
export const appUrl = 'https://app.example.com'

/** Argon2id at its lowest cost; tests of the cost use another one. */
export const cheapHash: PasswordHash = testSettings().passwordHash

/** The issuer and the audiences of access tokens in tests, and the key that encrypts their signing keys. */
export const accessTokens = {
  issuer: 'https://api.example.com',
  audiences: ['https://files.example.com', 'billing'],
  keyEncryptionKey: randomBytes(32),
}

interface ServerOptions {
  readonly auth?: Partial<AuthOptions>
  readonly app?: AppOptions
  readonly transport?: Transport
  readonly mails?: MailOptions
  readonly databaseUrl?: string
  readonly now?: Date
  /** Wraps the database of the server. */
  readonly watch?: (database: Database) => Database
}

export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const database = await openDatabase(options.databaseUrl)
  const clock = movableClock(options.now)
  const store = createStore(options.watch?.(database) ?? database)
  const metrics = await createMetrics(new Secret(metricsToken))
  const own = { apiKeys: { scopes }, accessTokens, metrics }
  const auth = createAuth({ store, clock, ...own, ...testSettings(), ...options.auth })
  const mailbox = createMailbox()
  const transport = options.transport ?? mailbox
  const outbox = createOutbox(auth, {
    transport,
    from: mailFrom,
    appUrl,
    mails: options.mails ?? {},
  })
  const routes = options.app?.routes ?? templateRoutes(database)
  const app = createApp(auth, { appUrl, ...options.app, routes })
  const table = routeTable(auth, { appUrl, routes })
  const isGuarded = options.auth?.rateLimits === 'on'
  const send = async (line: string, body?: unknown, headers = {}) => {
    const reply = await request(app, line, {
      body,
      headers,
      address: isGuarded ? anyAddress() : null,
    })
    requireDocumented(table, line, reply)
    return reply
  }
  return { app, auth, clock, database, mailbox, outbox, send }
}

/** All routes of a server: Latchkey's and the template's. */
export function tableOf({ auth, database }: Pick<Server, 'auth' | 'database'>): Route[] {
  return routeTable(auth, { appUrl, routes: templateRoutes(database) })
}

// Each request comes from another address, so that none is refused because of others from its address.
function anyAddress(): string {
  addresses += 1
  return `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`
}

let addresses = 0

/** The sender of mails, as it is configured, and as it is parsed. */
export const mailFrom = 'Projects <no-reply@example.com>'
export const sender: Sender = { name: 'Projects', emailAddress: address('no-reply@example.com') }

export function address(text: string) {
  const parsed = parseEmailAddress(text)
  if (!parsed) throw new Error(`${text} is no address`)
  return parsed
}

/** The token in the newest mail. */
export function mailedToken({ mailbox }: Server): string {
  return /lk[rv]_\w+/.exec(mailbox.mails[0]?.text ?? '')?.[0] ?? ''
}

/** The header that carries a token. */
export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` }
}

/** The headers of a request from a page of the server's own origin, with the token in the cookie. */
export function inCookie(token: string): { cookie: string; 'sec-fetch-site': string } {
  return { cookie: `__Host-session=${token}`, ...ownPage }
}

/** The header that a browser adds to a request from a page of the server's own origin. */
export const ownPage = { 'sec-fetch-site': 'same-origin' }

/** The token in the cookie that an answer sets. */
export function cookieIn({ headers }: Reply): string {
  const [, token = ''] =
    /^(?:__Host-)?session=(lks_\w+);/.exec(headers.get('set-cookie') ?? '') ?? []
  return token
}

/** The token to read the metrics of every server in tests. */
export const metricsToken = 'a-token-of-the-tests'

/** A person who can sign up. */
export const ann = { email_address: 'ann@example.com', password: 'correct horse battery' }

/** Signs a person up, and returns the token. */
export async function signUp({ send }: Server, person = ann): Promise<string> {
  const { body } = await send('POST /v1/registrations', person)
  return body.token
}

/** Signs a person up without HTTP; sign-up must be open. */
export async function signUpDirectly(
  auth: Auth,
  ...signUp: Parameters<Auth['signUp']>
): Promise<LoggedIn> {
  const { outcome, ...begun } = await auth.signUp(...signUp)
  if ('token' in begun) return begun
  throw new Error(`A sign-up ended as ${outcome}`)
}

/** Verifies the address of a session's user. */
export async function verifyAddress(server: Server, token: string): Promise<void> {
  await server.send('POST /v1/email_verifications', undefined, bearer(token))
  await server.outbox.deliverDue()
  const proof = { token: mailedToken(server) }
  const { status } = await server.send('PUT /v1/email_verifications', proof, bearer(token))
  expect(status).toBe(200)
}

/** Creates an API key. The session must be fresh, and its user's address verified. */
export async function createApiKey(
  { send }: Server,
  token: string,
  wanted: object = {},
): Promise<{ id: string; token: string }> {
  const asked = { name: 'Nightly build', scopes, ...wanted }
  const { body, status } = await send('POST /v1/api_keys', asked, bearer(token))
  expect([status, body.error]).toEqual([201, undefined])
  return { id: body.api_key.id, token: body.token }
}

/** Opens a migrated database for one test, of the kind that this run tests. */
export async function openDatabase(url?: string): Promise<Database> {
  const opened = await openTemplateDatabase(url ?? (await freshDatabaseUrl()))
  const { database, migrations } = opened
  onTestFinished(() => database.close())
  await migrate(database, migrations)
  return database
}

// Used by this process alone: a killed server in another process could still be at work in the database.
function freshDatabaseUrl(): Promise<string> {
  return inject('database') === 'postgres' ? migratedSchema() : emptyDatabaseUrl()
}

/** The URL of an empty database for one test, of the kind that this run tests. */
export async function emptyDatabaseUrl(): Promise<string> {
  if (inject('database') === 'postgres') return postgresSchema()
  return `sqlite:${join(temporaryFolder(), 'test.sqlite3')}`
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

// For every request of a test: a success must be one that its route declares, in the declared shape.
function requireDocumented(table: readonly Route[], line: string, reply: Reply): void {
  const [method, path] = line.replace(/\?.*/, '').split(' ')
  const route = table.find((each) => {
    const pattern = new RegExp(`^${each.path.replace(/:\w+/g, '[^/]+')}$`)
    return each.method === method && pattern.test(path ?? '')
  })
  if (!route || reply.status >= 400) return
  expect(Object.keys(route.answers), line).toContain(String(reply.status))
  const { body, type } = route.answers[reply.status] ?? {}
  if (type) expect(reply.headers.get('content-type'), line).toContain(type)
  else if (body) expect(body.safeParse(reply.body).error, line).toBeUndefined()
  else expect(reply.text, line).toBe('')
}

interface Asked {
  readonly body: unknown
  readonly headers: Record<string, string>
  readonly address: string | null
}

async function request(app: App, line: string, { body, headers, address }: Asked): Promise<Reply> {
  const [method = 'GET', path = '/'] = line.split(' ')
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  const init = { method, headers: { ...json, ...headers } }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const sent = body === undefined ? init : { ...init, body: text }
  return read(await app.request(path, sent, { address }))
}

export async function read(response: Response): Promise<Reply> {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : null,
  }
}
