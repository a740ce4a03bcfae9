import { hash, randomBytes } from 'node:crypto'
import { BoundedMap } from '../bounded-map.ts'
import { AuthError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { passwordLimits } from './limits.ts'
import { isOpen } from './window.ts'

const limit = passwordLimits.spraying
// Beyond this number the password that was first tried longest ago is forgotten.
const rememberedPasswords = 10_000

interface Tried {
  /** How many tries on each account were wrong, or are not verified yet. */
  readonly accounts: Map<string, number>
  readonly endsAt: number
}

/**
 * Detects when one password is tried on many accounts, each of which sees a single guess. Passwords are kept only in
 * the memory of this process, as digests with a random key: a table of them would be a list of mistyped passwords.
 */
export class Spraying {
  readonly #key = randomBytes(32).toString('base64url')
  readonly #tried = new BoundedMap<Tried>(rememberedPasswords)

  /** @throws AuthError `rate_limited` with the seconds to wait, if this would be one account too many */
  requireFew(password: Secret, account: string, now: Date): void {
    const known = this.#find(this.#digest(password.reveal()), now.getTime())
    if (!known || known.accounts.size < limit.attempts) return
    if (known.accounts.has(this.#digest(account))) return
    const retryAfterSeconds = Math.ceil((known.endsAt - now.getTime()) / 1_000)
    throw new AuthError('rate_limited', { retryAfterSeconds, limit })
  }

  /**
   * Counts an account on which the password is tried.
   *
   * @returns `forgive` takes it back, if the password was right, or not verified after all
   * @throws AuthError `rate_limited`
   */
  note(password: Secret, account: string, now: Date): { forgive(): void } {
    this.requireFew(password, account, now)
    const [triedPassword, triedAccount] = [this.#digest(password.reveal()), this.#digest(account)]
    const { accounts } = this.#find(triedPassword, now.getTime()) ?? this.#begin(triedPassword, now)
    accounts.set(triedAccount, (accounts.get(triedAccount) ?? 0) + 1)
    let isForgiven = false
    return {
      forgive: () => {
        if (isForgiven) return
        isForgiven = true
        // SECURITY: only this one of several concurrent tries. Otherwise a try that was not verified would also take
        // back those that were.
        const left = (accounts.get(triedAccount) ?? 0) - 1
        if (left > 0) accounts.set(triedAccount, left)
        else accounts.delete(triedAccount)
        // Forgotten, or the passwords of everybody who logs in would crowd out those that are sprayed.
        const isCurrent = this.#tried.get(triedPassword)?.accounts === accounts
        if (accounts.size === 0 && isCurrent) this.#tried.delete(triedPassword)
      },
    }
  }

  #find(triedPassword: string, now: number): Tried | null {
    const known = this.#tried.get(triedPassword)
    return known && isOpen(known, limit, now) ? known : null
  }

  #begin(triedPassword: string, now: Date): Tried {
    const endsAt = now.getTime() + limit.windowSeconds * 1_000
    const begun = { accounts: new Map<string, number>(), endsAt }
    this.#tried.set(triedPassword, begun)
    return begun
  }

  // With a prefixed key of one length, and digests that nobody sees, a MAC need not be an HMAC,
  // which takes twenty times as long.
  #digest(text: string): string {
    return hash('sha256', this.#key + text, 'base64url')
  }
}
