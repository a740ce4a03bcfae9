import type { WindowLimit } from './rate-limit.ts'

/** Whether a window in a process's memory has not ended. */
export function isOpen(
  { endsAt }: { readonly endsAt: number },
  { windowSeconds }: Pick<WindowLimit, 'windowSeconds'>,
  now: number,
): boolean {
  const left = endsAt - now
  // A window that ends further away than it is long got its end from a wrong clock.
  return left > 0 && left <= windowSeconds * 1_000
}
