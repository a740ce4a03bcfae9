import type { Allowance, Allowances } from '../core/guard/allowances.ts'
import type { RateLimit } from '../core/guard/rate-limit.ts'
import type { Answer } from './answers.ts'
import { type Refusal, refuse } from './problems.ts'

/** Adds the headers that say how much is left of the tightest limit that the request counted against. */
export function withAllowance(answer: Answer, { tightest }: Allowances): Answer {
  return tightest ? { ...answer, headers: { ...fieldsOf(tightest), ...answer.headers } } : answer
}

/** The 429 that says how long to wait. */
export function refuseTooMany(seconds: number, limit: RateLimit | null): Refusal {
  const fields = limit && fieldsOf({ limit, remaining: 0, resetSeconds: seconds })
  const error = `Too many ${limit?.name ?? 'attempts'}; try again later`
  return refuse('rate_limited', { error, headers: { 'retry-after': String(seconds), ...fields } })
}

// draft-ietf-httpapi-ratelimit-headers-10 §3 and §4.
function fieldsOf({ limit, remaining, resetSeconds }: Allowance): Record<string, string> {
  const { name, attempts, windowSeconds } = limit
  return {
    ratelimit: `"${name}";r=${remaining};t=${resetSeconds}`,
    'ratelimit-policy': `"${name}";q=${attempts}${windowSeconds === null ? '' : `;w=${windowSeconds}`}`,
  }
}
