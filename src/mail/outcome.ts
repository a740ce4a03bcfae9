import type { Delivery, Message } from '../core/mail.ts'
import type { Random } from '../core/tokens.ts'
import { backOffMilliseconds, maximumDeferrals } from './patience.ts'

/** The row of a message after an attempt: ended, or when it is tried again. */
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
      // Due at once: when the server is back, mails leave in the order in which they were queued.
      return isTooOld ? failed : { ...tried, dueAt: now }
    case 'deferred': {
      const deferrals = message.deferrals + 1
      if (isTooOld || deferrals >= maximumDeferrals) return { ...failed, deferrals }
      return { ...tried, deferrals, dueAt: after(backOffMilliseconds(deferrals, random)) }
    }
    case 'unknown': {
      const uncertain = message.uncertain + 1
      if (uncertain >= 2) return { ...tried, uncertain, status: 'unknown', endedAt: now }
      return { ...tried, uncertain, dueAt: after(backOffMilliseconds(1, random)) }
    }
  }
}

// SECURITY: mail servers quote what they refuse. Neither a live link nor a control character is kept,
// logged or shown for it, also where the link is broken over lines or encoded.
function printable(reason: string): string {
  return reason
    .replace(/lk[a-z]_.*/s, '[secret]')
    .replace(/[\w+/=-]{20,}/g, '[secret]')
    .replace(/\p{C}+/gu, ' ')
    .slice(0, 300)
}
