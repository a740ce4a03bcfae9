import type { WindowLimit } from './rate-limit.ts'

/** Milliseconds that are left of a window that a process remembers; 0 where it is over. */
export function leftOf(
  window: { readonly endsAt: number },
  { windowSeconds }: Pick<WindowLimit, 'windowSeconds'>,
  now: number,
): number {
  const left = window.endsAt - now
  // One whose end lies further away than a window is long got it from a clock that was wrong.
  return left <= windowSeconds * 1_000 ? Math.max(left, 0) : 0
}
