import type { ImportedKeys } from '../core/imported-hashes/family.ts'
import { type Log, unfailing } from '../core/log.ts'
import type { Connection } from '../storage/database.ts'
import { countHashes, listPasswordSchemes } from '../storage/password-schemes.ts'
import { explain } from './explain.ts'

/** A variable that is not set, and the users whose password can never be right without it. */
export interface MissingKey {
  readonly variable: 'IMPORTED_PEPPER' | 'IMPORTED_FIREBASE_KEY'
  readonly users: number
}

/** How many rows are read for each of at most eight schemes. */
const looksAtStart = 1_000

/**
 * Logs which keys of other systems are missing: otherwise their users would be told that their password is wrong,
 * without a hint in the log. Call it without waiting once the server listens; a failure is only logged.
 */
export async function warnOfMissingKeys(
  database: Connection,
  { importedKeys, log }: { importedKeys: ImportedKeys; log: Log },
): Promise<void> {
  const { info, error } = unfailing(log)
  try {
    const missing = await findMissingKeys(database, importedKeys, { maximum: looksAtStart })
    for (const { variable } of missing) {
      const whose = `imported hashes need ${variable}, which is not set`
      error({ variable }, `${whose}: latchkey doctor counts whose password is never right for it`)
    }
  } catch (failure) {
    info(
      { reason: String(explain(failure)) },
      'it could not be checked whether imported hashes need a key',
    )
  }
}

/**
 * Finds the keys of other systems that imported hashes need, but that are not set.
 *
 * @param maximum how many users of each scheme are read
 */
export async function findMissingKeys(
  connection: Connection,
  { pepper, firebase }: ImportedKeys,
  { maximum }: { maximum: number },
): Promise<MissingKey[]> {
  if (pepper !== null && firebase !== null) return []
  const schemes = await listPasswordSchemes(connection)
  const count = async (family: string, prefix: string) => {
    let users = 0
    for (const scheme of schemes.filter((each) => each.startsWith(`${family}/`))) {
      users += await countHashes(connection, { scheme, prefix, maximum })
    }
    return users
  }
  const missing: MissingKey[] = []
  if (pepper === null) {
    const users = await count('bcrypt', '$bcrypt-peppered')
    missing.push({ variable: 'IMPORTED_PEPPER', users })
  }
  if (firebase === null) {
    const users = await count('firebase-scrypt', '$firebase-scrypt')
    missing.push({ variable: 'IMPORTED_FIREBASE_KEY', users })
  }
  return missing.filter((each) => each.users > 0)
}

export function describeMissingKey({ variable, users }: MissingKey): string {
  const whose =
    users === 1 ? '1 user has a hash that needs' : `${users} users have hashes that need`
  return `${whose} ${variable}, which is not set: no password of theirs is right`
}
