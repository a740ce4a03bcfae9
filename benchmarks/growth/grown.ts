// A database that has grown to a number of sessions, and what both kinds of database have in common.
import {
  argon2id,
  createStore,
  type Database,
  migrate,
  Secret,
  type Store,
} from '../../src/server.ts'
import { openDatabase } from '../../templates/api/database.ts'
import { latchkeyAccounts } from '../accounts.ts'
import { type Peer, production } from '../peers.ts'
import { password } from '../people.ts'
import { type Known, knownSessions } from './known.ts'

export interface Grown {
  readonly sessions: number
  readonly known: readonly Known[]
  /** The server that uses it. */
  readonly peer: Peer
  /** The same database, opened in the process of the bench. */
  readonly store: Store
  readonly database: Database
  /** Its size on disk, minus its size while it was empty. */
  readonly bytes: number
  readonly fillingSeconds: number
}

/** A kind of database, of which several can grow and be open at the same time. */
export interface Engine {
  readonly name: 'SQLite' | 'PostgreSQL'
  grow(sessions: number): Promise<Grown>
  readonly lookUps: readonly LookUps[]
  /** Processor time of the database's own processes; null if it runs in the server's process. */
  readonly processorSeconds: (() => number) | null
  /** @returns the milliseconds for which a commit waits for the disk */
  commitMilliseconds(): Promise<number>
  close(): Promise<void>
}

/** A way to look sessions up without a request. */
export interface LookUps {
  readonly way: string
  /** The number of look-ups in all rounds together. */
  readonly times: number
  /** @returns the microseconds that each took */
  time(grown: Grown, digests: readonly Uint8Array[]): Promise<number[]>
}

/** The content of a database. */
export interface Filling {
  readonly sessions: number
  readonly known: readonly Known[]
  readonly passwordHash: string
  /** When the first session began; the others follow evenly until now. */
  readonly from: number
  readonly milliseconds: number
  /** After all rounds, so that none of them writes a use of a session, which happens once in five minutes. */
  readonly lastUsedAt: number
}

const spanDays = 25

/** The hash of the password that all users share, which is made once for several databases. */
export async function hashOnce(): Promise<string> {
  return argon2id().hash(new Secret(password))
}

/** @param fill inserts the rows into a migrated database */
export async function growAt(
  url: string,
  { sessions, passwordHash }: { sessions: number; passwordHash: string },
  { fill, size }: { fill: (filling: Filling) => Promise<void>; size: () => Promise<number> },
): Promise<Grown> {
  const { database: empty, migrations } = await openDatabase(url)
  await migrate(empty, migrations)
  await empty.close()
  const before = await size()
  const known = knownSessions(sessions)
  const milliseconds = spanDays * 86_400_000
  const now = Date.now()
  const span = { from: now - milliseconds, milliseconds, lastUsedAt: now + 86_400_000 }
  const started = performance.now()
  await fill({ sessions, known, passwordHash, ...span })
  const fillingSeconds = (performance.now() - started) / 1_000
  const { database } = await openDatabase(url)
  const store = createStore(database)
  const bytes = (await size()) - before
  return { sessions, known, peer: peerOn(url, known), store, database, bytes, fillingSeconds }
}

function peerOn(url: string, known: readonly Known[]): Peer {
  return {
    name: 'Latchkey',
    server: '../templates/api/server.ts',
    fixture: { file: url, credentials: known.map(({ credential }) => credential), renew: null },
    environment: { ...production, DATABASE_URL: url },
    accounts: latchkeyAccounts,
  }
}

/** Looks the sessions up one after the other, and returns the microseconds that each took. */
export async function timeEach(grown: Grown, digests: readonly Uint8Array[]): Promise<number[]> {
  const times: number[] = []
  for (const digest of digests) times.push(await timeLookUp(grown, digest))
  return times
}

export async function timeLookUp({ store }: Grown, digest: Uint8Array): Promise<number> {
  const started = performance.now()
  const found = await store.findSession(digest)
  const milliseconds = performance.now() - started
  if (!found) throw new Error('A session was not found')
  return milliseconds * 1_000
}
