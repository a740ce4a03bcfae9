import { AsyncLocalStorage } from 'node:async_hooks'
import type { Authenticated } from './entities.ts'

const storage = new AsyncLocalStorage<Authenticated>()

/**
 * The session and the user of the request that this code runs for, as Rails' `Current` has them;
 * null outside a request and on a route that needs no session.
 */
export function current(): Authenticated | null {
  return storage.getStore() ?? null
}

/** Runs `work` with `current()` answering `authenticated`, through every await in it. */
export function runAs<T>(authenticated: Authenticated, work: () => T): T {
  return storage.run(authenticated, work)
}
