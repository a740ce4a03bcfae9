import { failure } from './api-error.ts'
import { pause } from './sender.ts'
import { Tabs } from './tabs.ts'
import { attempt, type CookieStorage, type TokenStorage } from './token-storage.ts'

/** What a request was sent with, and in which era. */
export interface Departure {
  readonly init: RequestInit
  readonly token: string | null
  readonly era: number
}

const hintKey = 'latchkey.session'

/** Keeps the token of the session, or leaves it to the browser's cookie, and recognizes when the session has ended. */
export class SessionKeeper {
  readonly #tokens: TokenStorage | null
  readonly #hint: CookieStorage['hint']
  readonly #isShared: boolean
  readonly tabs: Tabs
  // Counts the beginnings and ends of sessions: of many requests that find a session dead, only the first ends it.
  #era = 0
  // The token that was read last.
  #seen: string | null = null
  // The token of the session that ended last: a storage that failed to forget it may return it again.
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

  /** False if there is certainly no session. */
  async mayExist(): Promise<boolean> {
    if (this.#tokens) return (await this.token()) !== null
    return (attempt(() => this.#hint?.getItem(hintKey)) ?? null) === null
  }

  /** The token; null if there is none, or the browser keeps it in a cookie. */
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
    // With a token, a cookie would be a second credential.
    const credentials = this.#tokens ? 'omit' : 'include'
    // SECURITY: a redirect must not hand the token to another address.
    return { ...init, headers, credentials, redirect: 'error' }
  }

  /**
   * @param token null if the browser keeps it in a cookie
   * @returns the token that was replaced, and is no longer kept; null for none
   */
  async begin(token: string | null): Promise<string | null> {
    const replaced = await this.token().catch(() => null)
    if (token !== null) await this.#use(() => this.#tokens?.write(token))
    attempt(() => this.#hint?.removeItem(hintKey))
    this.tabs.announce('signed_in')
    return replaced === token ? null : replaced
  }

  /**
   * Replaces one token by another.
   *
   * @returns the new token if it is not kept, because somebody logged out or in meanwhile; else null
   */
  async replace(old: string | null, token: string): Promise<string | null> {
    if ((await this.token()) !== old) return token
    await this.#use(() => this.#tokens?.write(token))
    return null
  }

  async end(): Promise<void> {
    // Before any await, so that a request that finds the session dead at the same time does not end it again.
    this.#era += 1
    this.#dead = this.#seen
    // If that fails, the token that stays there is dead anyway.
    await this.#use(() => this.#tokens?.write(null)).catch(() => {})
    // The hint says that the session is over, not that there is one: a browser may lose what scripts store, but keep
    // the cookie. Without the hint the API is asked.
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
   * Call it when a request found its session dead, under `tabs.alone`, so that no rotation is under way. Ends that
   * session, once, but not another one that began meanwhile.
   *
   * @param isAlive asks the API, for a session in a cookie
   */
  async judge({ token, era }: Departure, isAlive: () => Promise<boolean>): Promise<void> {
    if (era !== this.#era || !(await this.mayExist())) return
    // It is not known which cookie the request was sent with, so the API is asked about the current one.
    const hasSession = this.#tokens
      ? await this.#waitUntil(async () => (await this.token()) !== token)
      : await isAlive()
    if (!hasSession && era === this.#era) await this.end()
  }

  // Waits for a session that another tab began. If it replaces one that ended, there is none for a moment.
  #hasArrived(old: string | null): Promise<boolean> {
    return this.#waitUntil(
      async () => (await this.mayExist()) && (!this.#tokens || this.#seen !== old),
    )
  }

  /**
   * Waits up to 300 ms for a condition, and returns whether it was met. What one tab writes to `localStorage` another
   * may see a little later (12 ms in Chromium), even after a message or a lock that followed the write.
   */
  async #waitUntil(isMet: () => Promise<boolean>): Promise<boolean> {
    for (let waits = this.#isShared ? 10 : 0; !(await isMet()); waits--) {
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
