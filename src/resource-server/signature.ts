import { compactVerify, errors } from 'jose'
import type { Compact } from './compact.ts'
import type { KeySet } from './keys.ts'

/** Whether one of the keys, the one that the token names, made this signature. */
export async function hasValidSignature({ text }: Compact, { find }: KeySet): Promise<boolean> {
  try {
    await compactVerify(text, find, { algorithms: ['ES256'] })
    return true
  } catch (error) {
    if (error instanceof errors.JOSEError) return false
    throw error
  }
}
