import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { refuseProduction } from '../cli/test-environment.ts'
import { type Auth, createAuth } from '../core/auth.ts'
import type { AuthOptions } from '../core/options.ts'
import type { Peer } from '../http/app.ts'
import type { Fetch } from '../http/node.ts'
import type { Database } from '../storage/database.ts'
import type { Migrations } from '../storage/migrate.ts'
import { createStore } from '../storage/store.ts'
import { type Clock, movableClock, noon } from './clock.ts'
import { captureMails, type MailOptions, type Mails } from './mails.ts'
import { claimDatabase, emptyDatabase } from './test-database.ts'
import { testSettings } from './test-settings.ts'

/** How to build your application for tests. */
export interface TestServerOptions<Fields = unknown> {
  /** Opens the database that a URL names: the `openDatabase` of the template. */
  readonly open: (url: string) => Promise<OpenedDatabase>
  /** Builds your app: what `createApp` returns, or another `Request → Response`. */
  readonly app: (auth: Auth, database: Database) => Fetch | Promise<Fetch>
  /** The options of your `createAuth`, except `store` and `clock`, which the test server sets. */
  readonly auth?: Omit<Partial<AuthOptions<Fields>>, 'store' | 'clock'>
  readonly mail?: MailOptions
  /** Default: a temporary SQLite file. Any other database must be for tests only, since it is emptied. */
  readonly databaseUrl?: string | null
  /** The instant at which the clock starts; default 2026-01-01T12:00:00Z. */
  readonly now?: Date
  /** Tables that are not emptied, such as those that migrations fill. */
  readonly keep?: readonly string[]
}

/** A database with its migrations: Latchkey's, followed by yours. */
export interface OpenedDatabase {
  readonly database: Database
  readonly migrations: readonly Migrations[]
}

/** Your application in the process of the test, with its own database and a clock that the test moves. */
export interface TestServer {
  /** Remains the same after a `reset`. */
  readonly app: TestServerApp
  readonly mails: Mails
  readonly clock: Clock
  readonly database: Database
  /** A new one after each `reset`. */
  readonly auth: Auth
  /** Deletes all rows and mails, and sets the clock back to its start. Waits for requests under way. */
  reset(): Promise<void>
  close(): Promise<void>
}

/** Sends requests to your app. */
export interface TestServerApp {
  request(path: string, init?: RequestInit): Promise<Response>
  /** @param peer the client from which the app sees the request come; default this machine */
  fetch(request: Request, peer?: Peer): Promise<Response>
}

interface Application {
  readonly auth: Auth
  readonly app: Fetch
  readonly mails: Mails
}

/**
 * Builds your application for a test, without a port or a mail server. Hashes are cheap, and rate limits are off,
 * unless `auth` says otherwise.
 *
 * @throws Error if `NODE_ENV` is `production`, and for a database that is not for tests only
 */
export async function createTestServer<Fields = unknown>(
  options: TestServerOptions<Fields>,
): Promise<TestServer> {
  refuseProduction('createTestServer()')
  const { now = noon, keep = [] } = options
  const place = await placeOf(options.databaseUrl ?? null)
  const { database, migrations } = await options.open(place.url).catch(async (error) => {
    await place.remove()
    throw error
  })
  const close = async () => {
    await database.close()
    await place.remove()
  }
  const clock = movableClock(now)
  const build = async (): Promise<Application> => {
    const store = createStore(database)
    const auth = createAuth({ ...testSettings(), ...options.auth, store, clock })
    const app = await options.app(auth, database)
    return { auth, app, mails: captureMails(auth, options.mail) }
  }
  const begin = async () => {
    await claimDatabase(database, migrations)
    await emptyDatabase(database, keep)
    return build()
  }
  let application = await begin().catch(async (error) => {
    await close()
    throw error
  })
  const traffic = new Traffic()

  const fetch = (request: Request, peer: Peer = thisMachine) =>
    traffic.pass(async () => {
      const response = await application.app.fetch(request, peer)
      // Uses are otherwise recorded a second after the answer. If a test moved the clock before that, the session would
      // count as unused.
      await application.auth.flush()
      return response
    })
  return {
    app: {
      fetch,
      request: (path, init) => fetch(new Request(new URL(path, 'http://localhost'), init)),
    },
    mails: {
      all: () => application.mails.all(),
      to: (emailAddress) => application.mails.to(emailAddress),
      newestTo: (emailAddress) => application.mails.newestTo(emailAddress),
      linkTo: (emailAddress) => application.mails.linkTo(emailAddress),
      tokenTo: (emailAddress) => application.mails.tokenTo(emailAddress),
    },
    clock,
    database,
    get auth() {
      return application.auth
    },
    reset: () =>
      traffic.stop(async () => {
        // What is still to be written would end up in the next test.
        await application.mails.all()
        await application.auth.flush()
        await emptyDatabase(database, keep)
        clock.set(now)
        application = await build()
      }),
    async close() {
      await traffic.stop(() => application.auth.flush())
      await close()
    },
  }
}

const thisMachine: Peer = { address: '127.0.0.1' }

async function placeOf(url: string | null) {
  if (url !== null) return { url, remove: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-test-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  return { url: `sqlite:${join(folder, 'test.sqlite3')}`, remove }
}

/** Lets requests pass, except during the work of `stop`, which first waits for those under way. */
class Traffic {
  readonly #underWay = new Set<Promise<unknown>>()
  #stopped: Promise<unknown> = Promise.resolve()

  async pass<T>(request: () => Promise<T>): Promise<T> {
    await this.#stopped
    const passing = request()
    const passed = passing.catch(() => {}).finally(() => this.#underWay.delete(passed))
    this.#underWay.add(passed)
    return passing
  }

  stop(work: () => Promise<void>): Promise<void> {
    const stopped = this.#stopped.then(async () => {
      await Promise.all(this.#underWay)
      await work()
    })
    this.#stopped = stopped.catch(() => {})
    return stopped
  }
}
