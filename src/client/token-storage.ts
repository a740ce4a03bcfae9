/** Where the token of the session is kept: on a phone, what keeps secrets there. */
export interface TokenStorage {
  read(): Promise<string | null> | string | null
  /** Null to forget it. */
  write(token: string | null): Promise<void> | void
  /** Whether other tabs of the browser have the same token. */
  readonly isShared: boolean
}

/** A session in a cookie: the browser has its token, and no script. */
export interface CookieStorage {
  /** Remembers that a session is over, so that a page without one does not ask for it in vain. */
  readonly hint: WebStorage | null
}

/** What `localStorage` and `sessionStorage` are. */
export interface WebStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** Until the page is left. */
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
 * In `localStorage`, of all tabs and for good, or in `sessionStorage`, of one. Any script of the page can
 * read it there. By its name it is looked up when it is needed: a server has none, and a browser may refuse it.
 */
export function inWebStorage(
  storage: WebStorage | 'localStorage' | 'sessionStorage',
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

// Somebody may forbid the page to keep anything.
function localStorageOfPage(): WebStorage | null {
  return attempt(() => ofPage('localStorage')) ?? null
}

// Undefined where there is none, such as on a server.
function ofPage(name: string): WebStorage {
  return Object(globalThis)[name]
}

/** Null where it throws, and that is no harm. */
export function attempt<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}
