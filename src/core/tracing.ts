import { type Log, unfailing } from './log.ts'
import type { PasswordHash } from './password-hash.ts'
import type { Store } from './store.ts'

/** A span's attributes: names, numbers and words of ours, never anything that was sent to us. */
export type SpanAttributes = Readonly<Record<string, string | number>>

export interface RequestHeaders {
  get(name: string): string | null
  keys(): Iterable<string>
}

export interface NewSpan {
  readonly name: string
  readonly attributes: SpanAttributes
  /** The headers of the request that the span begins with, which may name its parent; null inside a process. */
  readonly request: RequestHeaders | null
}

/** A span that has not ended. */
export interface OpenSpan {
  set(attributes: SpanAttributes): void
  /** Marks the span as failed. */
  fail(type: string): void
}

/** Traces a request through its work; `observe()` makes one of OpenTelemetry. */
export interface Tracing {
  /** Runs `work` in a child of the current span, which fails where `work` throws. */
  span<T>(span: NewSpan, work: (span: OpenSpan) => Promise<T>): Promise<T>
  /** The id of the current trace; null outside of any. */
  traceId(): string | null
}

interface Traced {
  readonly store: Store
  readonly passwordHash: PasswordHash
  readonly log: Log
}

/** The same configuration, with spans for hashes and transactions, and with trace ids in its log. */
export function trace<Config extends Traced>(config: Config, tracing: Tracing): Config {
  return {
    ...config,
    store: tracedStore(config.store, tracing),
    passwordHash: tracedHash(config.passwordHash, tracing),
    log: tracedLog(config.log, tracing),
  }
}

// Work behind all requests, such as the look at the outbox every five seconds, is not traced.
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

// The methods of a custom store may be inherited, and need their own `this`.
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

/** Where a part of the server logs: to the log of the `auth`, or to one of its own, which cannot break it either. */
export function logOf(
  { log, tracing }: { readonly log: Log; readonly tracing: Tracing | null },
  own: Log | undefined,
): Log {
  return own ? tracedLog(unfailing(own), tracing) : log
}

// The same log, with trace ids in its lines; unchanged where nobody traces.
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
