import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { hash, parseOptions, verify } from '@node-rs/argon2'
import { HashQueue, type HashQueueLimits } from './hash-queue.ts'
import type { Secret } from './secret.ts'

/** Turns passwords into PHC strings and back into yes or no. Slow on purpose. */
export interface PasswordHash {
  hash(password: Secret): Promise<string>
  /**
   * Whether the password belongs to the hash. No hash, null, takes as long and says no; so does one
   * that cannot be read.
   */
  verify(passwordHash: string | null, password: Secret): Promise<boolean>
  /** Whether a hash was made at today's cost; if not, the next log-in replaces it. */
  isCurrent(passwordHash: string): boolean
}

/** What one argon2id hash costs. */
export interface Argon2idCost {
  readonly memoryKibibytes: number
  readonly passes: number
}

// OWASP's Password Storage Cheat Sheet and ASVS 5.0 appendix C both approve these.
const defaultCost: Argon2idCost = { memoryKibibytes: 47_104, passes: 1 }

function defaultLimits(processes: number): HashQueueLimits {
  // One core stays free for the requests that need no hash, and one of libuv's four threads for
  // whoever reads a file meanwhile.
  const share = Math.floor((availableParallelism() - 1) / processes)
  return { concurrency: Math.max(1, Math.min(share, 3)), waiting: 32, waitMilliseconds: 2_000 }
}

/**
 * argon2id on libuv's threads, off the event loop: 46 MiB, one pass, one lane, a 16-byte random
 * salt (RFC 9106). As many at once as there are cores but one, shared by so many processes, three
 * at most; 32 waiting, two seconds at most.
 *
 * @throws AuthError `overloaded` when the queue is full or the wait too long
 * @throws RangeError for a concurrency that lets nothing run
 */
export function argon2id(
  options: { cost?: Argon2idCost; processes?: number; limits?: Partial<HashQueueLimits> } = {},
): PasswordHash {
  const { memoryKibibytes, passes } = options.cost ?? defaultCost
  const queue = new HashQueue({ ...defaultLimits(options.processes ?? 1), ...options.limits })
  // SECURITY: an unknown user costs what a known one does. The cost is today's, whatever it is.
  const nobody = unmatched(memoryKibibytes, passes)

  return {
    hash: (password) =>
      queue.run(() =>
        hash(password.reveal(), { memoryCost: memoryKibibytes, timeCost: passes, parallelism: 1 }),
      ),
    verify(passwordHash, password) {
      const made = passwordHash === null ? null : parse(passwordHash)
      return queue.run(async () => {
        if (!made) {
          await verify(nobody, password.reveal())
          return false
        }
        const matches = await verify(made.passwordHash, password.reveal())
        // SECURITY: a hash of less work, from before the cost was raised, would tell by its time that
        // somebody has the address. Also where it matches: whose user is banned is to look the same.
        const kibibytes = Math.floor((memoryKibibytes * passes - made.work) / passes)
        const rest = kibibytes < leastMemory ? null : unmatched(kibibytes, passes)
        if (rest) await verify(rest, password.reveal())
        return matches
      })
    },
    isCurrent(passwordHash) {
      const made = parse(passwordHash)?.options
      if (made?.memoryCost !== memoryKibibytes || made.timeCost !== passes) return false
      return made.parallelism === 1 && passwordHash.startsWith('$argon2id$')
    },
  }
}

// RFC 9106 §3.1: eight blocks for each lane.
const leastMemory = 8

// Null for what is no argon2: of another library, or cut off. To throw would answer 500, to whoever has
// the address of such a user, and to nobody else.
function parse(passwordHash: string) {
  try {
    const options = parseOptions(passwordHash)
    return { passwordHash, options, work: options.memoryCost * options.timeCost }
  } catch {
    return null
  }
}

// A hash of the right shape that no password belongs to.
function unmatched(memoryKibibytes: number, passes: number): string {
  const [salt, digest] = [randomBytes(16), randomBytes(32)].map((bytes) =>
    bytes.toString('base64').replace(/=+$/, ''),
  )
  return `$argon2id$v=19$m=${memoryKibibytes},t=${passes},p=1$${salt}$${digest}`
}
