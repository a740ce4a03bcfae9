import { noKeys } from '../../core/imported-hashes/family.ts'
import { unmatchedHash } from '../../core/imported-hashes/imported-hash.ts'
import { argon2id } from '../../core/password-hash.ts'
import { Secret } from '../../core/secret.ts'
import type { SchemeLeft } from '../../transfer/tally.ts'

/** What the hashes of one scheme add to every log-in. */
export interface SchemePrice extends SchemeLeft {
  readonly milliseconds: number
}

/** What a log-in costs on this machine. */
export interface LogInPrice {
  readonly milliseconds: number
  /** What it costs once the hashes of other systems are gone. */
  readonly ownMilliseconds: number
  readonly schemes: readonly SchemePrice[]
}

/** Computes each of these hashes once, after one to warm up. It takes a little longer than a log-in. */
export async function measureLogIn(counts: readonly SchemeLeft[]): Promise<LogInPrice> {
  const password = new Secret('nobody has this password')
  const own = argon2id()
  // The first hash also has to allocate its memory.
  await own.verify(null, password)
  const ownMilliseconds = await timeOf(() => own.verify(null, password))
  const schemes: SchemePrice[] = []
  for (const count of counts) {
    const hash = unmatchedHash(count.scheme)
    schemes.push({ ...count, milliseconds: await timeOf(() => hash?.verify(password, noKeys)) })
  }
  const all = schemes.reduce((total, { milliseconds }) => total + milliseconds, ownMilliseconds)
  return { milliseconds: all, ownMilliseconds, schemes }
}

async function timeOf(work: () => Promise<unknown> | undefined): Promise<number> {
  const begunAt = performance.now()
  await work()
  return Math.ceil(performance.now() - begunAt)
}

/** Says which hashes make log-ins expensive, and how to end that. */
export function describeLogIn(
  { milliseconds, ownMilliseconds, schemes }: LogInPrice,
  verb: 'takes' | 'would take',
): string {
  const each = schemes.map(({ scheme, users, milliseconds }) => {
    const whose = users === null ? '' : ` (${users} ${users === 1 ? 'user' : 'users'})`
    return `${milliseconds} ms for ${scheme}${whose}`
  })
  return `Each log-in ${verb} about ${milliseconds} ms on this machine: ${ownMilliseconds} ms of its own, ${each.join(', ')}. Whoever logs in replaces a hash; latchkey users forget-hashes ends it for those who do not come`
}
