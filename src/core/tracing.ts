import type { Log } from './log.ts'
import type { PasswordHash } from './password-hash.ts'
import type { Store } from './store.ts'

/** What is said of a span: names, numbers and words of ours, never what somebody sent. */
export type SpanAttributes = Readonly<Record<string, string | number>>

export interface RequestHeaders {
  get(name: string): string | null
  keys(): Iterable<string>
}

export interface NewSpan {
  readonly name: string
  readonly attributes: SpanAttributes
  /** The headers of a request that begins it, which may say what it is a part of; null within a process. */
  readonly request: RequestHeaders | null
}

/** A span that goes on. */
export interface OpenSpan {
  set(attributes: SpanAttributes): void
  /** What was meant to be done was not. */
  fail(type: string): void
}

/** What follows a request through the work that it makes: `observe()` makes one of OpenTelemetry. */
export interface Tracing {
  /** Runs `work` in a span below the one that it is called in. One that throws has failed. */
  span<T>(span: NewSpan, work: (span: OpenSpan) => Promise<T>): Promise<T>
  /** That of the work going on; null outside of any. */
  traceId(): string | null
}

interface Traced {
  readonly store: Store
  readonly passwordHash: PasswordHash
  readonly log: Log
}

/** The same configuration, whose hashes and transactions are spans, and whose log says which trace it is. */
export function trace<Config extends Traced>(config: Config, tracing: Tracing): Config {
  return {
    ...config,
    store: tracedStore(config.store, tracing),
    passwordHash: tracedHash(config.passwordHash, tracing),
    log: tracedLog(config.log, tracing),
  }
}

// What goes on behind all requests, such as the look at the outbox every five seconds, is no trace.
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

// Of a store of somebody's own the methods may be anywhere, and want their own `this`.
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

/** The same log, whose lines say of which trace they are; as it is where nobody traces. */
export function tracedLog(log: Log, tracing: Tracing | null): Log {
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
