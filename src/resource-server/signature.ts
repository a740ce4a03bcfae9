import { compactVerify } from 'jose'
import type { Compact } from './compact.ts'
import type { KeySet } from './keys.ts'

/** Whether the signature was made with the key that the token names. */
export async function hasValidSignature({ text }: Compact, { find }: KeySet): Promise<boolean> {
  try {
    await compactVerify(text, find, { algorithms: ['ES256'] })
    return true
  } catch {
    // SECURITY: for any error, even an invalid published key.
    return false
  }
}
