import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { parseOptions } from '@node-rs/argon2'
import { isOwnKind, ownWork } from './imported-hashes/argon2.ts'
import { encodeBase64 } from './imported-hashes/bytes.ts'
import { type ImportedKeys, noKeys } from './imported-hashes/family.ts'
import { readForeignHash, unmatchedHash } from './imported-hashes/imported-hash.ts'
import { type HashLoad, HashQueue, type HashQueueLimits } from './password-hash/hash-queue.ts'
import { allowedThreads, allowThreads, hash, verify } from './password-hash/hash-threads.ts'
import type { Secret } from './secret.ts'

/** Hashes passwords to PHC strings, and verifies passwords against them. Slow on purpose. */
export interface PasswordHash {
  hash(password: Secret): Promise<string>
  /**
   * Whether the password matches the hash. With null, for an unknown user, and with a hash that cannot be read, it
   * takes as long, and returns false.
   *
   * @param among the imported schemes that users still have, each once; default none. Every call does the work of all
   *   of them, and a hash of any other scheme cannot be read, except one of the kind that `hash` makes
   */
  verify(
    passwordHash: string | null,
    password: Secret,
    among?: { readonly schemes: readonly string[] },
  ): Promise<boolean>
  /** Whether a hash was made with the current cost; if not, the next log-in replaces it. */
  isCurrent(passwordHash: string): boolean
  /**
   * Reserves a place in the queue, and then runs work that includes a hash: so nothing is done for a password that
   * there will be no time to hash. All work for one account shares one place, since the guard refuses most concurrent
   * tries before they are hashed. Absent if there is no queue.
   *
   * @throws AuthError `overloaded` if the queue has no place left
   */
  admit?<T>(account: string, work: () => Promise<T>): Promise<T>
  /** The load of the queue, for metrics; absent if there is none. */
  readonly queue?: HashLoad
}

/** What one argon2id hash costs. */
export interface Argon2idCost {
  readonly memoryKibibytes: number
  readonly passes: number
}

// Recommended by both OWASP's Password Storage Cheat Sheet and ASVS 5.0 appendix C.
const defaultCost: Argon2idCost = { memoryKibibytes: ownWork, passes: 1 }

function defaultLimits(processes: number): HashQueueLimits {
  // One core stays free for the requests that need no hash.
  const share = Math.floor((availableParallelism() - 1) / processes)
  return { concurrency: Math.max(1, Math.min(share, 3)), waiting: 32, waitMilliseconds: 2_000 }
}

interface Argon2idOptions {
  readonly cost?: Argon2idCost
  readonly processes?: number
  readonly limits?: Partial<HashQueueLimits>
  /** The keys of the system that users were imported from; default none. */
  readonly importedKeys?: Partial<ImportedKeys>
}

/**
 * argon2id in threads of its own, off the event loop: 46 MiB, one pass, one lane, a 16-byte random salt (RFC 9106). The
 * number of concurrent hashes is that of the cores, less one, divided by `processes`, but from one to three; at most 32
 * wait, for two seconds at most. Imported hashes are verified, too, but never made.
 *
 * Its methods throw `AuthError` `overloaded` if the queue is full, or the wait too long.
 *
 * @throws RangeError for a concurrency below one
 */
export function argon2id(options: Argon2idOptions = {}): PasswordHash {
  const { memoryKibibytes, passes } = options.cost ?? defaultCost
  const limits = { ...defaultLimits(options.processes ?? 1), ...options.limits }
  // Where another `argon2id()` has more threads, one in advance would run beside the one before it.
  const queue = new HashQueue(limits, () => allowedThreads() <= limits.concurrency)
  allowThreads(limits.concurrency)
  const keys = { ...noKeys, ...options.importedKeys }
  // SECURITY: an unknown user costs what a known one does, at the current cost.
  const nobody = unmatched(memoryKibibytes, passes)

  const verifyOwn = async (made: Made | null, password: Secret) => {
    if (!made) {
      await verify(nobody, password.reveal())
      return false
    }
    const matches = await verify(made.passwordHash, password.reveal())
    // SECURITY: a cheaper hash, from before the cost was raised, would reveal by its time that somebody has the
    // address. So the rest of the work is done, even if the password matches: the user may be banned, which must not
    // show.
    const kibibytes = Math.floor((memoryKibibytes * passes - made.work) / passes)
    const rest = kibibytes < leastMemory ? null : unmatched(kibibytes, passes)
    if (rest) await verify(rest, password.reveal())
    return matches
  }

  // An own hash from before the cost was lowered looks like an imported one, but no user has its scheme.
  const readForeign = (passwordHash: string, schemes: readonly string[]) => {
    const read = readForeignHash(passwordHash)
    const mayBeOwn = read?.scheme && isOwnKind(passwordHash) && !schemes.includes(read.scheme)
    return mayBeOwn ? null : read
  }

  return {
    queue,
    admit: (account, work) => queue.admit(account, work),
    hash: (password) =>
      queue.run(() =>
        hash(password.reveal(), { memoryCost: memoryKibibytes, timeCost: passes, parallelism: 1 }),
      ),
    verify(passwordHash, password, { schemes } = { schemes: [] }) {
      const made = passwordHash === null ? null : parse(passwordHash)
      const foreign = passwordHash === null ? null : readForeign(passwordHash, schemes)
      return queue.run(async () => {
        let matches = await verifyOwn(foreign ? null : made, password)
        // SECURITY: every call does the work of all schemes, in the same order, so that the time reveals neither who
        // was imported nor that somebody has the address.
        for (const scheme of schemes) {
          const each = scheme === foreign?.scheme ? foreign : unmatchedHash(scheme)
          if ((await each?.verify(password, keys)) && each === foreign) matches = true
        }
        return matches
      })
    },
    isCurrent(passwordHash) {
      const made = parse(passwordHash)
      if (made?.memoryCost !== memoryKibibytes || made.timeCost !== passes) return false
      return isOwnKind(passwordHash) && made.parallelism === 1
    },
  }
}

// In KiB. RFC 9106 §3.1: eight blocks for each lane.
const leastMemory = 8

type Made = NonNullable<ReturnType<typeof parse>>

// Null for what is not an argon2 hash. An exception would become a 500, and only for the address of such a user: that
// would reveal that somebody has the address.
function parse(passwordHash: string) {
  try {
    const { memoryCost = 0, timeCost = 0, parallelism } = parseOptions(passwordHash)
    return { passwordHash, memoryCost, timeCost, parallelism, work: memoryCost * timeCost }
  } catch {
    return null
  }
}

// A well-formed hash that no password matches.
function unmatched(memoryKibibytes: number, passes: number): string {
  const [salt, digest] = [randomBytes(16), randomBytes(32)].map(encodeBase64)
  return `$argon2id$v=19$m=${memoryKibibytes},t=${passes},p=1$${salt}$${digest}`
}
