import { v7 } from 'uuid'
import type { Random } from './tokens.ts'

/** Whether a text has the form of an id, in lower case. No row has any other id. */
export function isId(text: string): boolean {
  return uuid.test(text)
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/**
 * A generator of UUIDv7 (RFC 9562 §5.7), whose ids are in the order of the calls, even within a millisecond. The
 * sequence restarts with each millisecond, so that no id reveals how many others there are.
 */
export function ids(random: Random): (at: Date) => string {
  let [last, seq] = [0, 0]
  return (at) => {
    const msecs = at.getTime()
    seq = msecs === last ? seq + 1 : 0
    last = msecs
    return v7({ msecs, seq, random: random(16) })
  }
}
