import { failure } from './api-error.ts'
import { pause } from './sender.ts'
import { Tabs } from './tabs.ts'
import { attempt, type CookieStorage, type TokenStorage } from './token-storage.ts'

/** What a request carries, and when it set out. */
export interface Departure {
  readonly init: RequestInit
  readonly token: string | null
  readonly era: number
}

const hintKey = 'latchkey.session'

/** Keeps the token of the session, or leaves it to the browser, and notices when the session has ended. */
export class SessionKeeper {
  readonly #tokens: TokenStorage | null
  readonly #hint: CookieStorage['hint']
  readonly #isShared: boolean
  readonly tabs: Tabs
  // A new one begins with every session, and ends with it: of many requests that find it dead, one says so.
  #era = 0
  // The token that was read last, and the one that a storage which cannot forget would hand out again.
  #seen: string | null = null
  #dead: string | null = null

  constructor(name: string, session: TokenStorage | CookieStorage) {
    this.#tokens = 'hint' in session ? null : session
    this.#hint = 'hint' in session ? session.hint : null
    this.#isShared = this.#tokens?.isShared ?? true
    this.tabs = new Tabs(name, {
      isShared: this.#isShared,
      beforeSignedIn: () => this.#hasArrived(this.#seen),
    })
    this.tabs.listen(() => {
      this.#era += 1
    })
  }

  /** False where there is none for certain. */
  async mayExist(): Promise<boolean> {
    if (this.#tokens) return (await this.token()) !== null
    return (attempt(() => this.#hint?.getItem(hintKey)) ?? null) === null
  }

  /** Null where there is none, or where the browser has it. */
  async token(): Promise<string | null> {
    const token = (await this.#use(() => this.#tokens?.read())) ?? null
    this.#seen = token === this.#dead ? null : token
    return this.#seen
  }

  async depart(init: RequestInit): Promise<Departure> {
    const era = this.#era
    const token = await this.token()
    return { init: this.carrying(token, init), token, era }
  }

  carrying(token: string | null, init: RequestInit): RequestInit {
    const headers = new Headers(init.headers)
    if (token !== null) headers.set('authorization', `Bearer ${token}`)
    // Beside a token a cookie would be a second way in.
    const credentials = this.#tokens ? 'omit' : 'include'
    // SECURITY: an address that the API leads to is not to be handed the token.
    return { ...init, headers, credentials, redirect: 'error' }
  }

  /**
   * @param token null where the browser has it
   * @returns the token whose place it takes, and which nobody has any more
   */
  async begin(token: string | null): Promise<string | null> {
    const replaced = await this.token().catch(() => null)
    if (token !== null) await this.#use(() => this.#tokens?.write(token))
    attempt(() => this.#hint?.removeItem(hintKey))
    this.tabs.announce('signed_in')
    return replaced === token ? null : replaced
  }

  /**
   * Puts one token in the place of another.
   *
   * @returns the new one where it came too late: somebody logged out meanwhile, or in
   */
  async replace(old: string | null, token: string): Promise<string | null> {
    if ((await this.token()) !== old) return token
    await this.#use(() => this.#tokens?.write(token))
    return null
  }

  async end(): Promise<void> {
    // Before anything is waited for: whoever finds out at the same time is too late to say so.
    this.#era += 1
    this.#dead = this.#seen
    // Where that fails, what is left opens nothing.
    await this.#use(() => this.#tokens?.write(null)).catch(() => {})
    // That it is over is remembered, and not that it is there: a browser may forget what scripts keep, and
    // keep the cookie. Whoever forgot asks, and so does who may remember nothing.
    attempt(() => this.#hint?.setItem(hintKey, 'over'))
    this.tabs.announce('signed_out')
  }

  /** Whether it says that the session of a request is dead, or for a cookie, that there is none. */
  isDeath(error: unknown): boolean {
    const { code, status } = Object(error)
    return (
      status === 401 && (code === 'invalid_token' || (code === 'unauthenticated' && !this.#tokens))
    )
  }

  /**
   * Somebody heard that the session of their request is dead. Where that is still so, it ends: once, and not
   * for another session that began meanwhile. For whoever is alone: not while a rotation is under way.
   */
  async judge({ token, era }: Departure, lives: () => Promise<boolean>): Promise<void> {
    if (era !== this.#era || !(await this.mayExist())) return
    // Which cookie a request went with nobody knows: the browser is asked for the one that it has now.
    const livesOn = this.#tokens
      ? await this.#becomesSo(async () => (await this.token()) !== token)
      : await lives()
    if (!livesOn && era === this.#era) await this.end()
  }

  // Of the session that another tab began. Where one ended before, there is for a moment neither.
  #hasArrived(old: string | null): Promise<boolean> {
    return this.#becomesSo(
      async () => (await this.mayExist()) && (!this.#tokens || this.#seen !== old),
    )
  }

  /**
   * Whether it is so within a moment. What one tab writes to `localStorage` another may see a little later (12 ms,
   * in Chromium), also behind a message or a lock that came after it.
   */
  async #becomesSo(isSo: () => Promise<boolean>): Promise<boolean> {
    for (let waits = this.#isShared ? 10 : 0; !(await isSo()); waits--) {
      if (waits === 0) return false
      await pause(30)
    }
    return true
  }

  async #use<T>(work: () => T): Promise<Awaited<T>> {
    try {
      return await work()
    } catch (cause) {
      throw failure('storage_failed', 'The storage cannot be used', { cause })
    }
  }
}
