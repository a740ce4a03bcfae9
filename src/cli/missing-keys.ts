import type { ImportedKeys } from '../core/imported-hashes/family.ts'
import type { Connection } from '../storage/database.ts'
import { countKeyedHashes } from '../storage/password-schemes.ts'

/** Users whose password is wrong, whatever they type, as long as a variable is not set. */
export interface MissingKey {
  readonly variable: 'IMPORTED_PEPPER' | 'IMPORTED_FIREBASE_KEY'
  readonly users: number
}

/** Which keys of other systems are missing that hashes need. */
export async function findMissingKeys(
  connection: Connection,
  { pepper, firebase }: ImportedKeys,
): Promise<MissingKey[]> {
  // With both there is nobody to look for, among a million perhaps.
  if (pepper !== null && firebase !== null) return []
  const users = await countKeyedHashes(connection)
  const missing: MissingKey[] = []
  if (pepper === null) missing.push({ variable: 'IMPORTED_PEPPER', users: users.peppered })
  if (firebase === null) missing.push({ variable: 'IMPORTED_FIREBASE_KEY', users: users.firebase })
  return missing.filter((each) => each.users > 0)
}

export function describeMissingKey({ variable, users }: MissingKey): string {
  const whose =
    users === 1 ? '1 user has a hash that needs' : `${users} users have hashes that need`
  return `${whose} ${variable}, which is not set: no password of theirs is right`
}
