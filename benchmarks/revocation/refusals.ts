// How long revoked credentials are still accepted.
import { setTimeout as wait } from 'node:timers/promises'

/** How long a credential was accepted after the request that ended it was answered. */
export interface Refusal {
  readonly accepted: number
  /** From then until the first refused request was sent. */
  readonly milliseconds: number
}

interface Asking {
  readonly everyMilliseconds: number
  readonly withinSeconds: number
}

/** @throws Error for an unexpected answer, or if the credential is accepted for too long */
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
