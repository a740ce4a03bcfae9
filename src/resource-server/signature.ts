import { compactVerify } from 'jose'
import type { Compact } from './compact.ts'
import type { KeySet } from './keys.ts'

/** Whether the key that the token names made this signature. */
export async function hasValidSignature({ text }: Compact, { find }: KeySet): Promise<boolean> {
  try {
    await compactVerify(text, find, { algorithms: ['ES256'] })
    return true
  } catch {
    // SECURITY: whatever the reason, even a published key that is no valid key.
    return false
  }
}
