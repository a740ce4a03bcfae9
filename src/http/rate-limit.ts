import { type Allowance, Allowances, runWithin } from '../core/allowances.ts'
import type { RateLimit } from '../core/rate-limit.ts'
import type { Answer } from './answers.ts'
import { type Refusal, refuse } from './problems.ts'

/** An answer, with what is left of the limits that it was counted against. */
export async function countedAnswer(respond: () => Answer | Promise<Answer>): Promise<Answer> {
  const allowances = new Allowances()
  const answer = await runWithin(allowances, respond)
  const { tightest } = allowances
  return tightest ? { ...answer, headers: { ...fieldsOf(tightest), ...answer.headers } } : answer
}

/** The 429 to somebody who has to wait for so long. */
export function refuseTooMany(seconds: number, limit: RateLimit | null): Refusal {
  const fields = limit && fieldsOf({ limit, remaining: 0, resetSeconds: seconds })
  const error = `Too many ${limit?.name ?? 'attempts'}; try again later`
  return refuse('rate_limited', { error, headers: { 'retry-after': String(seconds), ...fields } })
}

// draft-ietf-httpapi-ratelimit-headers-10 §3 and §4.
function fieldsOf({ limit, remaining, resetSeconds }: Allowance): Record<string, string> {
  const { name, attempts, windowSeconds } = limit
  return {
    ratelimit: `"${name}";r=${remaining}${parameter('t', resetSeconds)}`,
    'ratelimit-policy': `"${name}";q=${attempts}${parameter('w', windowSeconds)}`,
  }
}

function parameter(name: string, value: number | null): string {
  return value === null ? '' : `;${name}=${value}`
}
