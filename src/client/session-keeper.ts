import { failure } from './api-error.ts'
import { pause } from './sender.ts'
import { Tabs } from './tabs.ts'
import { attempt, type CookieStorage, type TokenStorage } from './token-storage.ts'

/** What a request carries, and in which era it set out. */
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
  // Counts begun and ended sessions: of many requests that find one session dead, only the first says so.
  #era = 0
  // The token that was read last, and an ended one that a storage which cannot forget would hand out again.
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

  /** False if there certainly is no session. */
  async mayExist(): Promise<boolean> {
    if (this.#tokens) return (await this.token()) !== null
    return (attempt(() => this.#hint?.getItem(hintKey)) ?? null) === null
  }

  /** Null if there is none, or if the browser keeps it in a cookie. */
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
    // Beside a token, a cookie would be a second way to log in.
    const credentials = this.#tokens ? 'omit' : 'include'
    // SECURITY: a redirect must not hand the token to another address.
    return { ...init, headers, credentials, redirect: 'error' }
  }

  /**
   * @param token null if the browser keeps it in a cookie
   * @returns the token that was replaced, and that nobody keeps any more
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
   * @returns the new token if it came too late: somebody logged out or in meanwhile
   */
  async replace(old: string | null, token: string): Promise<string | null> {
    if ((await this.token()) !== old) return token
    await this.#use(() => this.#tokens?.write(token))
    return null
  }

  async end(): Promise<void> {
    // Before any await: a request that finds the session dead at the same time must not report it again.
    this.#era += 1
    this.#dead = this.#seen
    // If that fails, the token that is left is dead anyway.
    await this.#use(() => this.#tokens?.write(null)).catch(() => {})
    // The hint says that the session is over, not that there is one: a browser may lose what scripts keep, and
    // still keep the cookie. Without the hint the API is asked.
    attempt(() => this.#hint?.setItem(hintKey, 'over'))
    this.tabs.announce('signed_out')
  }

  /** Whether the error says that the request's session is dead or, with a cookie, that there is none. */
  isDeath(error: unknown): boolean {
    const { code, status } = Object(error)
    return (
      status === 401 && (code === 'invalid_token' || (code === 'unauthenticated' && !this.#tokens))
    )
  }

  /**
   * A request found its session dead. If that is still so, ends it: once, and not another session that began
   * meanwhile. Call it under `tabs.alone`, so that no rotation is under way.
   */
  async judge({ token, era }: Departure, lives: () => Promise<boolean>): Promise<void> {
    if (era !== this.#era || !(await this.mayExist())) return
    // Nobody knows with which cookie the request went: the API is asked about the one of now.
    const livesOn = this.#tokens
      ? await this.#becomesSo(async () => (await this.token()) !== token)
      : await lives()
    if (!livesOn && era === this.#era) await this.end()
  }

  // Waits for the session that another tab began. If one ended before, there is neither for a moment.
  #hasArrived(old: string | null): Promise<boolean> {
    return this.#becomesSo(
      async () => (await this.mayExist()) && (!this.#tokens || this.#seen !== old),
    )
  }

  /**
   * Whether it becomes so within a moment. What one tab writes to `localStorage` another may see a little later
   * (12 ms, in Chromium), even after a message or a lock that followed it.
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
