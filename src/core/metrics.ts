import type { GuardedAct } from './guard/limits.ts'
import type { MessageKind, MessageStatus } from './mail.ts'
import type { HashLoad } from './password-hash/hash-queue.ts'
import type { Secret } from './secret.ts'
import type { Store, SweptTable } from './store.ts'

/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string
  /** The route as declared, with `:id` in it; null where there is none. */
  readonly route: string | null
  readonly status: number
  readonly seconds: number
}

/** What was refused for a while: an act, dead tokens or links, or the requests of an API key. */
export type RefusedAct = GuardedAct | 'dead_token' | 'dead_link' | 'api_key_requests'

/**
 * Counts what happens, for whoever runs the server; `observe()` makes one. Nothing that it is told
 * identifies anybody, and each of its names is one of few.
 */
export interface Metrics {
  /** The token that reads the metrics over HTTP; null for no such route. */
  readonly token: Secret | null
  /** What is read when the metrics are; the last call counts. */
  watch(watched: Watched): void
  noteRequest(request: AnsweredRequest): void
  noteTokenCheck(kind: 'session' | 'api_key', seconds: number): void
  noteRefusal(act: RefusedAct): void
  noteMail(kind: MessageKind, end: MessageStatus): void
  /** Null for a sweep that failed. */
  noteSweep(deleted: Readonly<Record<SweptTable, number>> | null): void
  /** All metrics, in Prometheus' text format. */
  text(): Promise<string>
}

/** What changes without notice, and is read with the metrics. */
export interface Watched {
  readonly store: Pick<Store, 'findBacklog' | 'countConnections'>
  /** Null for a hash that keeps no queue. */
  readonly hashes: HashLoad | null
  readonly clock: () => Date
}
