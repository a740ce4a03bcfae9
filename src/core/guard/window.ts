import type { WindowLimit } from './rate-limit.ts'

/** Whether a window in memory has not ended. */
export function isOpen(
  { endsAt }: { readonly endsAt: number },
  { windowSeconds }: Pick<WindowLimit, 'windowSeconds'>,
  now: number,
): boolean {
  const left = endsAt - now
  // A window that ends later than one that begins now comes from a wrong clock.
  return left > 0 && left <= windowSeconds * 1_000
}
