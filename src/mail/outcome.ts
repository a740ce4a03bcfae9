import type { Delivery, Message } from '../core/mail.ts'
import type { Random } from '../core/tokens.ts'
import { backOffMilliseconds } from './patience.ts'
import { printable } from './reason.ts'

/** The message after an attempt: ended, or with the time of the next attempt. */
export function outcome(
  message: Message,
  delivery: Delivery,
  { now, random }: { now: Date; random: Random },
): Message {
  if (delivery.status === 'sent') {
    return { ...message, status: 'sent', endedAt: now, lastError: null }
  }
  const tried = { ...message, lastError: printable(delivery.reason) }
  const failed: Message = { ...tried, status: 'failed', endedAt: now }
  const isTooOld = now.getTime() >= message.giveUpAt.getTime()
  const after = (milliseconds: number) => new Date(now.getTime() + milliseconds)
  switch (delivery.status) {
    case 'refused':
      return failed
    case 'unavailable':
      // Due at once, so that mails are sent in the order in which they were queued once the server is back.
      return isTooOld ? failed : { ...tried, dueAt: now }
    case 'deferred': {
      const deferrals = message.deferrals + 1
      if (isTooOld) return { ...failed, deferrals }
      return { ...tried, deferrals, dueAt: after(backOffMilliseconds(deferrals, random)) }
    }
    case 'unknown': {
      const uncertain = message.uncertain + 1
      if (uncertain >= 2) return { ...tried, uncertain, status: 'unknown', endedAt: now }
      return { ...tried, uncertain, dueAt: after(backOffMilliseconds(1, random)) }
    }
  }
}
