import type { Importing } from './importing.ts'

// What each log-in costs is the sum of them, for as long as one user of each is left.
const maximumSchemes = 8

/** @returns false for a ninth one */
export function admitScheme({ schemes }: Importing, scheme: string | null): boolean {
  if (scheme === null || schemes.has(scheme)) return true
  if (schemes.size >= maximumSchemes) return false
  schemes.add(scheme)
  return true
}
