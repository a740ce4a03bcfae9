import { type Log, unfailing } from './log.ts'
import type { PasswordHash } from './password-hash.ts'
import type { Store } from './store.ts'

/** A span's attributes: our own names, words and numbers, never anything that a client sent. */
export type SpanAttributes = Readonly<Record<string, string | number>>

export interface RequestHeaders {
  get(name: string): string | null
  keys(): Iterable<string>
}

export interface NewSpan {
  readonly name: string
  readonly attributes: SpanAttributes
  /** The headers of the request that begins the span, which may name its parent; null for a span within a request. */
  readonly request: RequestHeaders | null
}

/** A span that has not ended. */
export interface OpenSpan {
  set(attributes: SpanAttributes): void
  /** Marks the span as failed. */
  fail(type: string): void
}

/** Traces requests; `observe()` makes one that uses OpenTelemetry. */
export interface Tracing {
  /** Runs `work` in a child of the current span, which is marked as failed if `work` throws. */
  span<T>(span: NewSpan, work: (span: OpenSpan) => Promise<T>): Promise<T>
  /** The id of the current trace; null if there is none. */
  traceId(): string | null
}

interface Traced {
  readonly store: Store
  readonly passwordHash: PasswordHash
  readonly log: Log
}

/** Adds spans for hashes and transactions, and trace ids to the lines of the log. */
export function trace<Config extends Traced>(config: Config, tracing: Tracing): Config {
  return {
    ...config,
    store: tracedStore(config.store, tracing),
    passwordHash: tracedHash(config.passwordHash, tracing),
    log: tracedLog(config.log, tracing),
  }
}

// Work outside of requests, such as polling the outbox every five seconds, is not traced.
function below<T>(tracing: Tracing, name: string, work: () => Promise<T>): Promise<T> {
  if (tracing.traceId() === null) return work()
  return tracing.span({ name, attributes: {}, request: null }, work)
}

function tracedHash(passwordHash: PasswordHash, tracing: Tracing): PasswordHash {
  return {
    ...passwordHash,
    isCurrent: (made) => passwordHash.isCurrent(made),
    hash: (password) => below(tracing, 'password.hash', () => passwordHash.hash(password)),
    verify: (made, password, among) =>
      below(tracing, 'password.verify', () => passwordHash.verify(made, password, among)),
  }
}

// A proxy, not a copy: the methods of a custom store may be inherited, and need its `this`.
function tracedStore(store: Store, tracing: Tracing): Store {
  const transaction: Store['transaction'] = (work) =>
    below(tracing, 'transaction', () => store.transaction(work))
  return new Proxy(store, {
    get(target, name) {
      if (name === 'transaction') return transaction
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

/** The log of a part of the server: that of the `auth`, or its own, with trace ids and its failures ignored. */
export function logOf(
  { log, tracing }: { readonly log: Log; readonly tracing: Tracing | null },
  own: Log | undefined,
): Log {
  return own ? tracedLog(unfailing(own), tracing) : log
}

// Adds trace ids to the lines of a log, if there is tracing.
function tracedLog(log: Log, tracing: Tracing | null): Log {
  if (tracing === null) return log
  const said = (entry: object) => {
    const traceId = tracing.traceId()
    return traceId === null ? { ...entry } : { ...entry, traceId }
  }
  return {
    info: (entry, message) => log.info(said(entry), message),
    error: (entry, message) => log.error(said(entry), message),
  }
}
