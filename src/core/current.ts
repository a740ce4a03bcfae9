import { AsyncLocalStorage } from 'node:async_hooks'
import type { Principal } from './entities.ts'

const storage = new AsyncLocalStorage<Principal>()

/**
 * The user of the request that this code runs for, and the session or the API key that they are
 * known by, as Rails' `Current` has them; null outside a request and on a route that is public.
 */
export function current(): Principal | null {
  return storage.getStore() ?? null
}

/** Runs `work` with `current()` answering null, also where a closed route calls an open one. */
export function runAsNobody<T>(work: () => T): T {
  return storage.getStore() === undefined ? work() : storage.exit(work)
}

/** Runs `work` with `current()` answering `principal`, through every await in it. */
export function runAs<T>(principal: Principal, work: () => T): T {
  return storage.run(principal, work)
}
