import type { Auth } from '../core/auth.ts'
import type { Principal } from '../core/entities.ts'
import { holdLive } from '../core/sessions.ts'
import { isRefusal, type Refusal, refuse } from './problems.ts'

// A body that arrives within this time is treated as if it had arrived with the headers.
const promptMilliseconds = 1_000

/**
 * Waits for the body of a request that was admitted. If that takes a second or more, the session or key is checked
 * again, since a client can hold its body back for half a minute.
 *
 * SECURITY: a session that has ended meanwhile must not do anything, although it was alive when it was admitted.
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
 * The refusal for a session or key that has ended since it was admitted; null if it has not, or if less than a second
 * has passed.
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

/** Whether so little time has passed that nothing is checked again. */
export function isPrompt(admittedAt: number): boolean {
  return performance.now() - admittedAt < promptMilliseconds
}

// Checked by id: the token may have been rotated meanwhile, and a request must not count twice against a key's limit.
async function hasEnded(auth: Auth, { session, apiKey }: Principal): Promise<boolean> {
  const { clock, store } = auth.config
  const endsAt = apiKey ? apiKey.expiresAt : auth.expiresAt(session)
  if (clock() >= endsAt) return true
  if (apiKey) return (await store.findApiKeyById(apiKey.id)) === null
  return (await store.transaction((transaction) => holdLive(transaction, session))) === null
}
