import { AuthError } from '../../../core/errors.ts'
import { messageOf } from '../../../core/thrown.ts'
import { explain } from '../../explain.ts'

/** What was found out about one thing. */
export interface Finding {
  readonly what: string
  /** `advice`: it works, but should not stay so. `fault`: something does not work, or lets somebody in. */
  readonly state: 'ok' | 'advice' | 'fault'
  readonly found: string
  /** What to do; null if all is well. */
  readonly todo: string | null
}

export function ok(what: string, found: string): Finding {
  return { what, state: 'ok', found, todo: null }
}

export function advice(what: string, found: string, todo: string): Finding {
  return { what, state: 'advice', found, todo }
}

export function fault(what: string, found: string, todo: string): Finding {
  return { what, state: 'fault', found, todo }
}

/** The findings of an examination, or that it failed. */
export async function look(
  what: string,
  examine: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await examine()
  } catch (error) {
    return [fault(what, sentenceOf(error), 'put this right, and ask again')]
  }
}

// A sentence made for people, or the error's own message; never its stack.
function sentenceOf(error: unknown): string {
  const explained = explain(error)
  if (explained instanceof AuthError) return explained.code
  return messageOf(explained)
}
