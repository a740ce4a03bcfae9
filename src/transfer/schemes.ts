import type { Importing } from './importing.ts'

// Each log-in takes the time of all schemes together, until the last user of a scheme has another hash.
const maximumSchemes = 8

/**
 * Counts a hash of this scheme, which may replace one of another scheme.
 *
 * @returns false if there would be more than eight schemes
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
