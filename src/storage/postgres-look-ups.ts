import { nextTick } from 'node:process'
import pg, { type ClientConfig } from 'pg'
import { unavailable } from '../core/errors.ts'
import type { Row, Value } from './database.ts'
import { within } from './deadline.ts'
import { cancel } from './postgres-cancel.ts'
import { isLate, isStale, toConnectError } from './postgres-errors.ts'
import type { PostgresQuery } from './postgres-statements.ts'

/**
 * Reads that share a few connections: each is sent at once, behind those under way, and none waits for a free
 * connection. A broken connection is replaced by the next read.
 */
export class PostgresLookUps {
  readonly #config: ClientConfig
  readonly #lanes: (Promise<pg.Client> | null)[]
  #next = 0

  constructor(config: ClientConfig, { connections }: { connections: number }) {
    // SECURITY: a read that is not answered within this time ends its connection, with all reads on it: a silent
    // database must not hold requests for ever.
    this.#config = { ...config, pipeline: true, query_timeout: answerMilliseconds }
    this.#lanes = Array.from({ length: connections }, () => null)
  }

  async query(query: PostgresQuery): Promise<Row[]> {
    const lane = this.#takeNext()
    const client = await lane
    sendTogether(client)
    try {
      const { rows } = await client.query<Value[]>(query)
      return rows
    } catch (error) {
      // Of reads that fail together the first one does it for all.
      if (isLate(error) && this.#leave(lane)) cancel(client)
      // The statement would fail on this connection from now on.
      if (isStale(error) && this.#leave(lane)) void end(client)
      throw error
    }
  }

  async close(): Promise<void> {
    const open = this.#lanes.splice(0)
    // A server that does not answer is not waited for.
    const ended = open.map((lane) => within(farewellMilliseconds, endWhenConnected(lane)))
    await Promise.allSettled(ended)
  }

  #takeNext(): Promise<pg.Client> {
    if (this.#lanes.length === 0) throw unavailable('The database was closed')
    this.#next = (this.#next + 1) % this.#lanes.length
    return this.#lanes[this.#next] ?? this.#connect(this.#next)
  }

  #connect(index: number): Promise<pg.Client> {
    const client = this.#newClient()
    const lane = client.connect().catch((cause) => {
      // Otherwise PostgreSQL would wait for the client for a minute.
      void end(client)
      throw toConnectError(cause)
    })
    this.#lanes[index] = lane
    // Without a listener an error would end the process. Each waiting read gets the error itself. The connection may
    // still be open: after an answer that nobody has asked for, which must not become the next read's.
    client.on('error', () => this.#leave(lane) && void end(client))
    client.on('end', () => this.#leave(lane))
    lane.catch(() => this.#leave(lane))
    return lane
  }

  #newClient(): pg.Client {
    try {
      return new pg.Client(this.#config)
    } catch (cause) {
      throw toConnectError(cause)
    }
  }

  /** The next read connects anew. @returns whether it was in use: several reads, and the client, may report its end */
  #leave(lane: Promise<pg.Client>): boolean {
    const index = this.#lanes.indexOf(lane)
    if (index === -1) return false
    this.#lanes[index] = null
    return true
  }
}

// As it is when this is loaded: an application's tests may replace the global, and Node's own as well. Then nothing
// would be sent.
const whenNothingIsLeft = nextTick

// The reads of requests that are handled together leave in one packet: alone, each would take a system call here and
// one in PostgreSQL.
function sendTogether({ connection: { stream } }: pg.Client): void {
  if (stream.writableCorked > 0) return
  stream.cork()
  whenNothingIsLeft(() => stream.uncork())
}

async function endWhenConnected(lane: Promise<pg.Client> | null): Promise<void> {
  if (lane) await end(await lane)
}

// Answers that are on their way still come. A server that does not even end the connection, as TCP asks it to, would
// otherwise keep it open for a quarter of an hour, and this process alive.
async function end(client: pg.Client): Promise<void> {
  try {
    await within(answerMilliseconds, client.end())
  } catch {
    client.connection.stream.destroy()
  }
}

const answerMilliseconds = 2_000
const farewellMilliseconds = 1_000
