import { nextTick } from 'node:process'
import pg, { type ClientConfig } from 'pg'
import type { Row, Value } from './database.ts'
import { within } from './deadline.ts'
import { cancel } from './postgres-cancel.ts'
import { isForgotten, isLate, toConnectError } from './postgres-errors.ts'
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
    const client = await this.#takeNext()
    sendTogether(client)
    try {
      const { rows } = await client.query<Value[]>(query)
      return rows
    } catch (error) {
      if (isLate(error)) cancel(client)
      // The statement could not be prepared, so every later use of it on this connection would fail, too.
      if (isForgotten(error)) await client.end()
      throw error
    }
  }

  async close(): Promise<void> {
    const open = this.#lanes.splice(0)
    // A server that does not answer is not waited for.
    const ended = open.map((client) => within(farewellMilliseconds, end(client)))
    await Promise.allSettled(ended)
  }

  #takeNext(): Promise<pg.Client> {
    if (this.#lanes.length === 0) throw new Error('The database was closed')
    this.#next = (this.#next + 1) % this.#lanes.length
    return this.#lanes[this.#next] ?? this.#connect(this.#next)
  }

  #connect(lane: number): Promise<pg.Client> {
    const client = this.#newClient()
    const connected = client.connect().catch((cause) => {
      // Otherwise PostgreSQL would wait for the client for a minute.
      client.end().catch(() => {})
      throw toConnectError(cause)
    })
    this.#lanes[lane] = connected
    const forget = () => {
      // The client may report its end twice, and may have been replaced in between.
      if (this.#lanes[lane] === connected) this.#lanes[lane] = null
    }
    // Without a listener an error would end the process. Each waiting read gets the error itself.
    client.on('error', forget)
    client.on('end', forget)
    connected.catch(forget)
    return connected
  }

  #newClient(): pg.Client {
    try {
      return new pg.Client(this.#config)
    } catch (cause) {
      throw toConnectError(cause)
    }
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

async function end(client: Promise<pg.Client> | null): Promise<void> {
  await (await client)?.end()
}

const answerMilliseconds = 2_000
const farewellMilliseconds = 1_000
