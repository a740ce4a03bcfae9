import type { z } from 'zod'
import { describeProblem } from './messages.ts'
import type { Problem } from './problems.ts'

/** Turns zod's issues into the problems of an answer: a message for people, a code for programs. */
export function toProblems(
  issues: readonly z.core.$ZodIssue[],
  input: Readonly<Record<string, unknown>>,
): Problem[] {
  return issues.map((issue) => {
    const field = String(issue.path[0] ?? 'input')
    const { code, message } = explain(issue, input[field])
    return describeProblem(field, code, message)
  })
}

function explain(issue: z.core.$ZodIssue, value: unknown): { code: string; message: string } {
  if (issue.code === 'custom') {
    const message = issue.message === withoutWords ? 'is invalid' : issue.message
    return { code: String(issue.params?.code ?? 'invalid'), message }
  }
  const isMissing = value == null && codesOfMissing.has(issue.code)
  if (isMissing) return { code: 'blank', message: "can't be blank" }
  if (issue.code === 'invalid_type') {
    return { code: 'invalid_type', message: `must be ${kinds[issue.expected] ?? 'something else'}` }
  }
  if (issue.code === 'too_small' || issue.code === 'too_big') return explainSize(issue)
  if (issue.code === 'invalid_value') {
    return { code: 'inclusion', message: `must be one of ${issue.values.join(', ')}` }
  }
  return { code: 'invalid', message: 'is invalid' }
}

// Zod's default message for a `refine`: after the name of a field it would be no sentence.
const withoutWords = 'Invalid input'

const codesOfMissing: ReadonlySet<unknown> = new Set([
  'invalid_type',
  'invalid_union',
  'invalid_value',
])

function explainSize(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig) {
  const [code, limit, words] =
    issue.code === 'too_small'
      ? (['too_short', `minimum is ${issue.minimum}`, `at least ${issue.minimum}`] as const)
      : (['too_long', `maximum is ${issue.maximum}`, `at most ${issue.maximum}`] as const)
  if (issue.origin !== 'string') return { code: 'out_of_range', message: `must be ${words}` }
  return { code, message: `is ${code.replace('_', ' ')} (${limit} characters)` }
}

const kinds: Partial<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}
