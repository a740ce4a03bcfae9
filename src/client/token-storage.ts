/** Where the session's token is kept: on a phone, its storage for secrets. */
export interface TokenStorage {
  read(): Promise<string | null> | string | null
  /** Null forgets it. */
  write(token: string | null): Promise<void> | void
  /** Whether the other tabs of the browser have the same token. */
  readonly isShared: boolean
}

/** A session in a cookie: the browser has its token, and scripts do not. */
export interface CookieStorage {
  /** Remembers that the session is over, so that a page without one does not ask the API in vain. */
  readonly hint: WebStorage | null
}

/** The part of `localStorage` and `sessionStorage` that is used. */
export interface WebStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** In memory, until the page is left. */
export function inMemory(): TokenStorage {
  let kept: string | null = null
  return {
    read: () => kept,
    write(token) {
      kept = token
    },
    isShared: false,
  }
}

/**
 * In `localStorage`, for all tabs and for good, or in `sessionStorage`, for one tab. Any script of the page can
 * read it. A name is looked up only when it is needed: a server has no window, and a browser may refuse it.
 */
export function inWebStorage(
  storage: WebStorage | StorageName,
  key = 'latchkey.token',
): TokenStorage {
  const found = (): WebStorage => (typeof storage === 'string' ? ofPage(storage) : storage)
  return {
    read: () => found().getItem(key),
    write: (token) => (token === null ? found().removeItem(key) : found().setItem(key, token)),
    isShared: storage === 'localStorage' || storage === localStorageOfPage(),
  }
}

/** In a cookie that no script can read: for a page on the site of its API. */
export function inCookie(hint: WebStorage | null = localStorageOfPage()): CookieStorage {
  return { hint }
}

// A browser may forbid the page to keep anything.
function localStorageOfPage(): WebStorage | null {
  return attempt(() => ofPage('localStorage')) ?? null
}

// Throws where there is no window, such as on a server; undefined where the window has none, as on phones.
// SECURITY: from 25 on Node has storages of its own, which all whom a server serves would share.
function ofPage(name: StorageName): WebStorage {
  return window[name]
}

// Not the types of the DOM, with which this would not compile for React Native.
declare const window: Readonly<Record<StorageName, WebStorage>>

type StorageName = 'localStorage' | 'sessionStorage'

/** Null if it throws, for work whose failure does no harm. */
export function attempt<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}
