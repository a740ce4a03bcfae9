import type { Configuration } from '../core/config.ts'
import type { Log } from '../core/log.ts'
import type { Sender, Transport } from '../core/mail.ts'
import type { Writer } from './messages/writer.ts'

/** What is needed to deliver messages. */
export interface Courier {
  readonly config: Configuration
  readonly log: Log
  readonly transport: Transport
  readonly from: Sender
  /** Where links lead, without a slash at the end. */
  readonly appUrl: string
  readonly writer: Writer
}
