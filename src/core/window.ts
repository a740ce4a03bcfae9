import type { WindowLimit } from './rate-limit.ts'

/** Whether a window that a process remembers is not over. */
export function isOpen(
  { endsAt }: { readonly endsAt: number },
  { windowSeconds }: Pick<WindowLimit, 'windowSeconds'>,
  now: number,
): boolean {
  const left = endsAt - now
  // One whose end lies further away than a window is long got it from a clock that was wrong.
  return left > 0 && left <= windowSeconds * 1_000
}
