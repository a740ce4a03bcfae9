import type { z } from 'zod'

type Fields = Readonly<Record<string, unknown>>

/**
 * Converts the fields of a form, which are all strings, where the schema expected a boolean or a number and the string
 * spells one, as in Rails. An empty string becomes null.
 *
 * @returns null if there is no such field
 */
export function readSpelled(form: Fields, issues: readonly z.core.$ZodIssue[]): Fields | null {
  const spelled = issues.flatMap((issue) => {
    const [field, ...deeper] = issue.path
    if (issue.code !== 'invalid_type' || typeof field !== 'string' || deeper.length > 0) return []
    const value = form[field]
    const read = typeof value === 'string' ? readers[issue.expected]?.(value) : undefined
    return read === undefined ? [] : [[field, read] as const]
  })
  if (spelled.length === 0) return null
  return Object.assign(Object.create(null), form, Object.fromEntries(spelled))
}

const readers: Partial<Record<string, (text: string) => boolean | number | null | undefined>> = {
  boolean: (text) => booleans.get(text),
  number: readNumber,
  int: readNumber,
}

// A checkbox sends `on`; Rails' own forms send 1 and 0.
const booleans: ReadonlyMap<string, boolean | null> = new Map([
  ...(['true', '1', 'on'] as const).map((text) => [text, true] as const),
  ...(['false', '0', 'off'] as const).map((text) => [text, false] as const),
  ['', null] as const,
])

function readNumber(text: string): number | null | undefined {
  if (text === '') return null
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined
}
