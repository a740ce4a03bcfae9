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

/** Your application, as tests build it. */
export interface TestServerOptions<Fields = unknown> {
  /** Opens the database that a URL names: the `openDatabase` of the template. */
  readonly open: (url: string) => Promise<OpenedDatabase>
  /** Your app around `auth`: what `createApp` makes, or another `Request → Response`. */
  readonly app: (auth: Auth, database: Database) => Fetch | Promise<Fetch>
  /** The options of your `createAuth`; those that tests need are set instead of yours. */
  readonly auth?: Omit<Partial<AuthOptions<Fields>>, 'store' | 'clock'>
  readonly mail?: MailOptions
  /** Default: an SQLite file of its own. Any other must be for tests only: it is emptied. */
  readonly databaseUrl?: string | null
  /** When the clock starts; default noon on the first of January 2026, UTC. */
  readonly now?: Date
  /** Tables that `reset` leaves as they are, such as those that migrations fill. */
  readonly keep?: readonly string[]
}

/** A database, and what to migrate it with: Latchkey's migrations, followed by yours. */
export interface OpenedDatabase {
  readonly database: Database
  readonly migrations: readonly Migrations[]
}

/** Your application in this process, on a database of its own, with a clock that the test moves. */
export interface TestServer {
  /** Stays the same over a `reset`. */
  readonly app: TestServerApp
  readonly mails: Mails
  readonly clock: Clock
  readonly database: Database
  /** Another one after each `reset`. */
  readonly auth: Auth
  /** Back to the beginning: no rows, no mails, the first instant. Waits for requests under way. */
  reset(): Promise<void>
  close(): Promise<void>
}

/** Answers like your app. */
export interface TestServerApp {
  request(path: string, init?: RequestInit): Promise<Response>
  /** @param peer where the app takes the request to come from; default this machine */
  fetch(request: Request, peer?: Peer): Promise<Response>
}

interface Application {
  readonly auth: Auth
  readonly app: Fetch
  readonly mails: Mails
}

/**
 * Builds your application for a test, without a port and without a mail server. Passwords are hashed cheaply,
 * and rate limits are off, unless `auth` says otherwise.
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
      // Uses are recorded a second after the answers. A test may move the clock before that, and the session would
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
        // What is written after the answers would end up in the next test.
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

/** Lets requests pass, but not while `stop` works alone, which waits for those under way. */
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
