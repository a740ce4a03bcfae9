import type { DifferenceName } from './differences.ts'
import type { Body, Effects, Row } from './row.ts'

export interface Expected {
  readonly status: number
  readonly body: Body
  readonly effects: Effects
  readonly allow?: string | undefined
}

/** What Latchkey is to answer and to do: Rails' part, what comes beside it, or something else. */
export function expectedOf({ rails, latchkey }: Row): Expected {
  const { status, body, effects = {} } = rails
  switch (latchkey.is) {
    case 'same':
      return { status, body, effects }
    case 'more':
      return {
        status,
        body: typeof body === 'string' ? body : { ...body, ...latchkey.adds },
        effects: { ...effects, ...latchkey.alsoDoes },
      }
    case 'instead':
      return latchkey
  }
}

export function reasonsOf({ latchkey }: Row): readonly DifferenceName[] {
  return latchkey.is === 'same' ? [] : latchkey.because
}
