import { AsyncLocalStorage } from 'node:async_hooks'
import type { Principal } from './entities.ts'

const storage = new AsyncLocalStorage<Principal>()

/**
 * The user of the current request, and the session or API key that authenticated it, like Rails' `Current`. Null
 * outside a request and on a public route.
 */
export function current(): Principal | null {
  return storage.getStore() ?? null
}

/** Runs `work` with `current()` null, even when the handler of a closed route calls a public one. */
export function runAsNobody<T>(work: () => T): T {
  return storage.getStore() === undefined ? work() : storage.exit(work)
}

/** Runs `work`, through all of its awaits, with `current()` returning `principal`. */
export function runAs<T>(principal: Principal, work: () => T): T {
  return storage.run(principal, work)
}
