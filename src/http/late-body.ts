import type { Auth } from '../core/auth.ts'
import type { Principal } from '../core/entities.ts'
import { holdLive } from '../core/sessions.ts'
import { isRefusal, type Refusal, refuse } from './problems.ts'

// A body that arrives within this time counts as there when its sender was let in.
const promptMilliseconds = 1_000

/**
 * Waits for the body of a request that was let in. After a second or more the session or key is checked again:
 * a client can hold its body back for half a minute.
 *
 * SECURITY: what has ended meanwhile does nothing, or a log-out would have been acknowledged in vain.
 *
 * @throws AuthError `unavailable`
 */
export async function awaitBody<T extends object>(
  parsed: Promise<T | Refusal>,
  auth: Auth,
  principal: Principal,
): Promise<T | Refusal> {
  const began = performance.now()
  const exchange = await parsed
  if (isRefusal(exchange)) return exchange
  return (await refuseEnded(auth, principal, began)) ?? exchange
}

/**
 * The refusal for a session or key that has ended while its request was read; null if it lives, or if that took less
 * than a second.
 *
 * @param admittedAt by `performance.now()`
 * @throws AuthError `unavailable`
 */
export async function refuseEnded(
  auth: Auth,
  principal: Principal,
  admittedAt: number,
): Promise<Refusal | null> {
  if (isPrompt(admittedAt)) return null
  return (await hasEnded(auth, principal)) ? refuse('invalid_token') : null
}

/** Whether so little time has passed that nobody is asked again. */
export function isPrompt(admittedAt: number): boolean {
  return performance.now() - admittedAt < promptMilliseconds
}

// By id: the token may have been rotated by now, and the request must not be counted twice.
async function hasEnded(auth: Auth, { session, apiKey }: Principal): Promise<boolean> {
  const { clock, store } = auth.config
  const endsAt = apiKey ? apiKey.expiresAt : auth.expiresAt(session)
  if (clock() >= endsAt) return true
  if (apiKey) return (await store.findApiKeyById(apiKey.id)) === null
  return (await store.transaction((transaction) => holdLive(transaction, session))) === null
}
