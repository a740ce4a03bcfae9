import { AuthError } from './errors.ts'
import type { ApiKeyLimit } from './guard/api-key-limit.ts'
import type { DeadTokens } from './guard/dead-tokens.ts'
import type { Guard } from './guard.ts'
import type { Metrics, RefusedAct } from './metrics.ts'

interface Limits {
  readonly guard: Pick<Guard, 'refuseKnown' | 'count' | 'tryPassword' | 'recover'>
  readonly deadTokens: Pick<DeadTokens, 'count'>
  readonly apiKeyLimit: Pick<ApiKeyLimit, 'count'>
}

/** Counts what these limits refuse. */
export function countRefusals(
  { guard, deadTokens, apiKeyLimit }: Limits,
  metrics: Metrics,
): Limits {
  const counted = (act: RefusedAct) => (error: unknown) => {
    if (error instanceof AuthError && error.code === 'rate_limited') metrics.noteRefusal(act)
    throw error
  }
  const countedAtOnce = (act: RefusedAct, refuse: () => void) => {
    try {
      refuse()
    } catch (error) {
      counted(act)(error)
    }
  }
  return {
    guard: {
      refuseKnown: (act, attempt) => countedAtOnce(act, () => guard.refuseKnown(act, attempt)),
      count: (act, attempt) => guard.count(act, attempt).catch(counted(act)),
      tryPassword: (act, tried) => guard.tryPassword(act, tried).catch(counted(act)),
      recover: (transaction, user) => guard.recover(transaction, user),
    },
    deadTokens: {
      count(kind, client) {
        const act = kind === 'link' ? 'dead_link' : 'dead_token'
        countedAtOnce(act, () => deadTokens.count(kind, client))
      },
    },
    apiKeyLimit: { count: (key) => apiKeyLimit.count(key).catch(counted('api_key_requests')) },
  }
}

/** Measures how long a check takes. Without metrics the check is returned as it is, since it is the hottest path. */
export function timeChecks<Token, Found>(
  { metrics }: { readonly metrics: Metrics | null },
  kind: Parameters<Metrics['noteTokenCheck']>[0],
  check: (token: Token) => Promise<Found>,
): (token: Token) => Promise<Found> {
  if (metrics === null) return check
  return async (token) => {
    const began = performance.now()
    try {
      return await check(token)
    } finally {
      metrics.noteTokenCheck(kind, (performance.now() - began) / 1_000)
    }
  }
}
