import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import type { AuditEvent } from './entities.ts'
import { type EventName, severityOf } from './event-names.ts'

/** An event to record. */
export interface NewEvent
  extends Partial<
    Pick<AuditEvent, 'actor' | 'detail' | 'sessionId' | 'apiKeyId' | 'emailAddress'>
  > {
  readonly name: EventName
  readonly userId: string | null
}

export function newEvent(config: Configuration, client: Client, occurrence: NewEvent): AuditEvent {
  const occurredAt = config.clock()
  return {
    id: config.newId(occurredAt),
    occurredAt,
    detail: null,
    sessionId: null,
    apiKeyId: null,
    emailAddress: null,
    ...client,
    ...occurrence,
  }
}

/** Logs an event as it is stored, but without its email address. */
export function logEvent({ log }: Configuration, event: AuditEvent): void {
  const { id: _id, name, occurredAt: _at, emailAddress: _address, ...about } = event
  const said = Object.entries(about).filter(([, value]) => value !== null)
  const entry = { event: name, severity: severityOf(name), ...Object.fromEntries(said) }
  log.info(entry, 'event')
}

/** Records that somebody was refused. It is written after the answer. */
export function noteRefusal(
  config: Configuration,
  client: Client,
  refused: Omit<NewEvent, 'actor'>,
): void {
  const event = newEvent(config, client, { ...refused, actor: 'anybody' })
  logEvent(config, event)
  config.refusedAttempts.note(event)
}
