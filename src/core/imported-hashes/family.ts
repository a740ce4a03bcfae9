import type { Secret } from '../secret.ts'

/** Why a hash is not taken over. */
export interface HashRefusal {
  readonly refusal: 'unknown_format' | 'too_expensive' | 'too_weak'
}

/** A hash of another system that was read, and can be verified. */
export interface ForeignHash {
  /** The one text that it is kept as. */
  readonly passwordHash: string
  /** Its kind and cost; hashes of one scheme are the same work. Null where it is none of the others' work. */
  readonly scheme: string | null
  verify(password: Secret, keys: ImportedKeys): Promise<boolean>
}

/** What some systems hash beside the password, and keep outside the database. */
export interface ImportedKeys {
  /** Devise's `config.pepper`. */
  readonly pepper: string | null
  /** Firebase's hash parameters `base64_signer_key` and `base64_salt_separator`, decoded. */
  readonly firebase: FirebaseKeys | null
}

export const noKeys: ImportedKeys = { pepper: null, firebase: null }

export interface FirebaseKeys {
  readonly signerKey: Uint8Array
  readonly saltSeparator: Uint8Array
}

/** One way of hashing passwords. */
export interface HashFamily {
  /** Null for what is written in another family's way. Linear in the text, and hashes nothing. */
  parse(text: string): ForeignHash | HashRefusal | null
  /** A hash of this scheme that no password belongs to; null for a scheme of another family. */
  unmatched(scheme: string): string | null
}

export function refuseHash(refusal: HashRefusal['refusal']): HashRefusal {
  return { refusal }
}

/** What is allowed of a cost: below it anybody guesses, above it a log-in stalls the others. */
export interface CostRange {
  readonly from: number
  readonly to: number
}

/** The first fault of some costs, or null. */
export function refuseCosts(
  costs: readonly (readonly [cost: number, range: CostRange])[],
): HashRefusal | null {
  if (costs.some(([cost, { to }]) => cost > to)) return refuseHash('too_expensive')
  if (costs.some(([cost, { from }]) => cost < from)) return refuseHash('too_weak')
  return null
}
