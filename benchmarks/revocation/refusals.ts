// How long what was revoked is still accepted.
import { setTimeout as wait } from 'node:timers/promises'

/** What came of asking with a credential, from the moment on that its end was answered. */
export interface Refusal {
  readonly accepted: number
  /** Until a request was refused that was sent so long after. */
  readonly milliseconds: number
}

interface Asking {
  readonly everyMilliseconds: number
  readonly withinSeconds: number
}

/** @throws Error for an answer that is neither, or where it is accepted for too long */
export async function untilRefused(
  ask: () => Promise<number>,
  { everyMilliseconds, withinSeconds }: Asking,
): Promise<Refusal> {
  const from = performance.now()
  for (let accepted = 0; ; accepted++) {
    const milliseconds = performance.now() - from
    const status = await ask()
    if (status === 401) return { accepted, milliseconds }
    if (status !== 200) throw new Error(`What was revoked is answered with ${status}`)
    if (milliseconds > withinSeconds * 1_000) {
      throw new Error(`What was revoked is accepted ${withinSeconds} s later`)
    }
    await wait(everyMilliseconds)
  }
}
