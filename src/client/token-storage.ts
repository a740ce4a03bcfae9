/** Where the token of the session is kept; on a phone, use its storage for secrets. */
export interface TokenStorage {
  read(): Promise<string | null> | string | null
  /** Null deletes it. */
  write(token: string | null): Promise<void> | void
  /** Whether the other tabs of the browser have the same token. */
  readonly isShared: boolean
}

/** For a session in a cookie, whose token the browser keeps from scripts. */
export interface CookieStorage {
  /** Remembers that the session is over, so that a page does not ask the API for it; null for no such memory. */
  readonly hint: WebStorage | null
}

/** The part of `localStorage` and `sessionStorage` that is used. */
export interface WebStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** Keeps the token in memory, until the page is left. */
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
 * Keeps the token in `localStorage`, permanently and for all tabs, or in `sessionStorage`, for one tab. Any script of
 * the page can read it. A storage given by name is looked up only when it is used: a server has none, and a browser
 * may deny it.
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

/** Leaves the token in a cookie that no script can read, for a page on the same site as its API. */
export function inCookie(hint: WebStorage | null = localStorageOfPage()): CookieStorage {
  return { hint }
}

// Null if the browser forbids the page to store anything.
function localStorageOfPage(): WebStorage | null {
  return attempt(() => ofPage('localStorage')) ?? null
}

// Throws if there is no window, as on a server, and returns undefined if the window has no storage, as on phones.
// SECURITY: not the global storages, which Node has from 25 on: all users of a server would share them.
function ofPage(name: StorageName): WebStorage {
  return window[name]
}

// Declared here, because the DOM types would not compile for React Native.
declare const window: Readonly<Record<StorageName, WebStorage>>

type StorageName = 'localStorage' | 'sessionStorage'

/** Runs work whose failure does no harm; null if it throws. */
export function attempt<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}
