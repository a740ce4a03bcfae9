import type { HashLoad } from './hash-queue.ts'
import type { GuardedAct } from './limits.ts'
import type { MessageKind, MessageStatus } from './mail.ts'
import type { Secret } from './secret.ts'
import type { Store, SweptTable } from './store.ts'

/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string
  /** As it is declared, with `:id` in it; null where there is none. */
  readonly route: string | null
  readonly status: number
  readonly seconds: number
}

/** What somebody was told to wait for: an act, dead tokens or links, or the limit of an API key. */
export type RefusedAct = GuardedAct | 'dead_token' | 'dead_link' | 'api_key_requests'

/**
 * What counts what goes on, for whoever runs the server: `observe()` makes one. Nothing that it is told says
 * whose something was, and each of its names is one of few.
 */
export interface Metrics {
  /** What reads them over HTTP; null for no route. */
  readonly token: Secret | null
  /** What is looked at when they are read; the last counts. */
  watch(watched: Watched): void
  noteRequest(request: AnsweredRequest): void
  noteTokenCheck(kind: 'session' | 'api_key', seconds: number): void
  noteRefusal(act: RefusedAct): void
  noteMail(kind: MessageKind, end: MessageStatus): void
  /** Null for one that failed. */
  noteSweep(deleted: Readonly<Record<SweptTable, number>> | null): void
  /** All of them, in Prometheus' text format. */
  text(): Promise<string>
}

/** What changes without telling. */
export interface Watched {
  readonly store: Pick<Store, 'findBacklog' | 'countConnections'>
  /** Null for a hash that keeps no queue. */
  readonly hashes: HashLoad | null
  readonly clock: () => Date
}
