import type { Importing } from './importing.ts'

// Each log-in costs the sum of all schemes, for as long as one user of each is left.
const maximumSchemes = 8

/**
 * Counts a hash of this scheme, in place of one of another.
 *
 * @returns false for a ninth scheme
 */
export function admitScheme(
  { schemes }: Importing,
  scheme: string | null,
  before: string | null,
): boolean {
  if (scheme !== null) {
    if (!schemes.has(scheme) && schemes.size >= maximumSchemes) return false
    schemes.set(scheme, (schemes.get(scheme) ?? 0) + 1)
  }
  if (before !== null) schemes.set(before, (schemes.get(before) ?? 0) - 1)
  return true
}
