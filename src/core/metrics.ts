import type { GuardedAct } from './guard/limits.ts'
import type { MessageKind, MessageStatus } from './mail.ts'
import type { HashLoad } from './password-hash/hash-queue.ts'
import type { Secret } from './secret.ts'
import type { Store, SweptTable } from './store.ts'

/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string
  /** The path of the route as declared, with `:id` in it; null if no route matched. */
  readonly route: string | null
  readonly status: number
  readonly seconds: number
}

/** What a limit refused: an act, dead tokens or links, or the requests of an API key. */
export type RefusedAct = GuardedAct | 'dead_token' | 'dead_link' | 'api_key_requests'

/**
 * Counts what happens, for whoever runs the server; `observe()` makes one. Nothing passed to it identifies anybody, and
 * every label has few values.
 */
export interface Metrics {
  /** The token with which the metrics are read over HTTP; null for no such route. */
  readonly token: Secret | null
  /** Sets what is read whenever the metrics are; the last call counts. */
  watch(watched: Watched): void
  noteRequest(request: AnsweredRequest): void
  noteTokenCheck(kind: 'session' | 'api_key', seconds: number): void
  noteRefusal(act: RefusedAct): void
  noteMail(kind: MessageKind, end: MessageStatus): void
  /** `deleted` is null if the sweep failed. */
  noteSweep(deleted: Readonly<Record<SweptTable, number>> | null): void
  /** All metrics, in Prometheus' text format. */
  text(): Promise<string>
}

/** State that is read when the metrics are. */
export interface Watched {
  readonly store: Pick<Store, 'findBacklog' | 'countConnections'>
  /** Null for a password hash without a queue. */
  readonly hashes: HashLoad | null
  readonly clock: () => Date
}
