import type { Secret } from '../secret.ts'

/** Why a hash is not imported. */
export interface HashRefusal {
  readonly refusal: 'unknown_format' | 'too_expensive' | 'too_weak'
}

/** A hash of another system that can be verified. */
export interface ForeignHash {
  /** The normal form, in which it is stored. */
  readonly passwordHash: string
  /** Its kind and cost: all hashes of a scheme take the same work. Null if it counts as Latchkey's own. */
  readonly scheme: string | null
  verify(password: Secret, keys: ImportedKeys): Promise<boolean>
}

/** The secrets that some systems hash with the password, and keep outside the database. */
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
  /** Parses a hash; null if it is in the format of another family. Takes linear time, and hashes nothing. */
  parse(text: string): ForeignHash | HashRefusal | null
  /** A hash of this scheme that no password matches; null for a scheme of another family. */
  unmatched(scheme: string): string | null
}

export function refuseHash(refusal: HashRefusal['refusal']): HashRefusal {
  return { refusal }
}

/** The bounds of a cost: below them a password is easily guessed, above them a log-in stalls the others. */
export interface CostRange {
  readonly from: number
  readonly to: number
}

/** The refusal if a cost is out of bounds; null if none is. */
export function refuseCosts(
  costs: readonly (readonly [cost: number, range: CostRange])[],
): HashRefusal | null {
  if (costs.some(([cost, { to }]) => cost > to)) return refuseHash('too_expensive')
  if (costs.some(([cost, { from }]) => cost < from)) return refuseHash('too_weak')
  return null
}
