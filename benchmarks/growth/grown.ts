// A database that has grown to so many sessions, and what both kinds of database have in common.
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
  /** The server on it. */
  readonly peer: Peer
  /** The same database, open in the process of the bench. */
  readonly store: Store
  readonly database: Database
  /** On disk, less what it took while it was empty. */
  readonly bytes: number
  readonly fillingSeconds: number
}

/** A kind of database, in which several can grow and be open at the same time. */
export interface Engine {
  readonly name: 'SQLite' | 'PostgreSQL'
  grow(sessions: number): Promise<Grown>
  readonly lookUps: readonly LookUps[]
  /** Processor time of the processes that are the database's own; null where it is in the server's. */
  readonly processorSeconds: (() => number) | null
  /** Milliseconds that a commit waits for the disk. */
  commitMilliseconds(): Promise<number>
  close(): Promise<void>
}

/** One way to look sessions up without a request. */
export interface LookUps {
  readonly way: string
  /** In all rounds. */
  readonly times: number
  /** @returns what each took, in microseconds */
  time(grown: Grown, digests: readonly Uint8Array[]): Promise<number[]>
}

/** What a database is filled with. */
export interface Filling {
  readonly sessions: number
  readonly known: readonly Known[]
  readonly passwordHash: string
  /** When the first session began: the others follow evenly until now. */
  readonly from: number
  readonly milliseconds: number
  /** Ahead of all rounds: no use of a session is written meanwhile, which is once in five minutes. */
  readonly lastUsedAt: number
}

const spanDays = 25

/** Everybody has the same password: its hash is made once, by whoever grows several. */
export async function hashOnce(): Promise<string> {
  return argon2id().hash(new Secret(password))
}

/** @param fill puts the rows into a database whose tables are there */
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

/** One after the other, in microseconds. */
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
