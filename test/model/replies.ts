// What is said, and what should have been.
import { isDeepStrictEqual } from 'node:util'
import type { Reply } from '../harness.ts'

/** The answer, or the mail, is another than the model's. */
export class Difference extends Error {}

export function requireSame(what: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return
  throw new Difference(`${what} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`)
}

/** The status, and of a refusal its code. */
export function requireAnswer({ status, body }: Reply, expected: number, code?: string): void {
  requireSame('The answer', [status, body?.code], [expected, code])
}

/** A 422 that names this field. */
export function requireInvalid(reply: Reply, field: string, code: string): void {
  requireAnswer(reply, 422, 'validation_failed')
  const found = reply.body.details.map((each: { field: string; code: string }) => [
    each.field,
    each.code,
  ])
  requireSame('What is wrong', found, [[field, code]])
}

/** What a verb of an operator returns, as if it were an answer. */
export function returned(body: unknown): Reply {
  return { status: 200, headers: new Headers(), text: '', body }
}
