import type { Random } from '../core/tokens.ts'

/** How long an attempt to send a mail may take. */
export const attemptMilliseconds = 300_000

/** How long a claim on a message is valid. A worker that does not renew it in time is considered dead. */
export const leaseMilliseconds = 30_000
export const renewalMilliseconds = 10_000

const firstBackOff = 30_000
const longestBackOff = 3_600_000
const firstPause = 1_000
const longestPause = 30_000

/** A due time further in the future was set by a wrong clock. */
export const latestDueMilliseconds = longestBackOff + leaseMilliseconds

/** How long a mail waits after its nth deferral: from 30 s to an hour, minus up to half at random. */
export function backOffMilliseconds(deferrals: number, random: Random): number {
  return jittered(firstBackOff * 2 ** (deferrals - 1), { longest: longestBackOff, random })
}

/**
 * How long all mails wait after the nth failure of the mail server in a row: from 1 s to 30 s, minus up to half at
 * random.
 */
export function pauseMilliseconds(failures: number, random: Random): number {
  return jittered(firstPause * 2 ** (failures - 1), { longest: longestPause, random })
}

// Between half and all of it, so that several processes do not try again at the same moment.
function jittered(
  milliseconds: number,
  { longest, random }: { longest: number; random: Random },
): number {
  const [byte = 0] = random(1)
  return Math.round(Math.min(milliseconds, longest) * (0.5 + byte / 510))
}
