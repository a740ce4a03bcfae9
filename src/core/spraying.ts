import { createHmac, randomBytes } from 'node:crypto'
import { AuthError } from './errors.ts'
import { passwordLimits } from './limits.ts'
import { Recent } from './recent.ts'
import type { Secret } from './secret.ts'

const limit = passwordLimits.spraying
// Beyond so many passwords the one that was first tried longest ago is forgotten.
const rememberedPasswords = 10_000

interface Tried {
  readonly accounts: Set<string>
  readonly endsAt: number
}

/**
 * Tells when one password is tried on many accounts, each of which sees a single guess. This process
 * alone remembers it, in memory, by digests under a key that nobody else has: a table of them would be a
 * list of passwords that users mistyped.
 */
export class Spraying {
  readonly #key = randomBytes(32)
  readonly #tried = new Recent<Tried>(rememberedPasswords)

  /**
   * Counts an account on which the password is tried.
   *
   * @returns how to take it back: the password was right
   * @throws AuthError `rate_limited` with the seconds to wait
   */
  note(password: Secret, account: string, now: Date): { forgive(): void } {
    const [triedPassword, triedAccount] = [this.#digest(password.reveal()), this.#digest(account)]
    const { accounts, endsAt } = this.#find(triedPassword, now.getTime())
    if (accounts.size >= limit.attempts && !accounts.has(triedAccount)) {
      const retryAfterSeconds = Math.ceil((endsAt - now.getTime()) / 1_000)
      throw new AuthError('rate_limited', { retryAfterSeconds, limit })
    }
    accounts.add(triedAccount)
    return { forgive: () => void accounts.delete(triedAccount) }
  }

  #find(triedPassword: string, now: number): Tried {
    const known = this.#tried.get(triedPassword)
    const left = known ? known.endsAt - now : 0
    if (known && left > 0 && left <= limit.windowSeconds * 1_000) return known
    const begun = { accounts: new Set<string>(), endsAt: now + limit.windowSeconds * 1_000 }
    this.#tried.set(triedPassword, begun)
    return begun
  }

  #digest(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url')
  }
}
