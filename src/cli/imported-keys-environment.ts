import { decodeBase64 } from '../core/imported-hashes/bytes.ts'
import type { FirebaseKeys, ImportedKeys } from '../core/imported-hashes/family.ts'
import type { EnvironmentReader } from './environment-reader.ts'

/** The secrets that Devise and Firebase hash with a password, which are not in the database. */
export function readImportedKeys(read: EnvironmentReader): ImportedKeys {
  return { pepper: read.text('IMPORTED_PEPPER'), firebase: readFirebaseKeys(read) }
}

function readFirebaseKeys(read: EnvironmentReader): FirebaseKeys | null {
  const saltSeparator = read.parsed('IMPORTED_FIREBASE_SALT_SEPARATOR', {
    parse: (text) => decodeBase64(text, { from: 1, to: 64 }),
    wanted: "must be base64_salt_separator of the project's password hash parameters",
    example: defaultSeparator,
    default: Buffer.from(defaultSeparator, 'base64'),
  })
  const name = 'IMPORTED_FIREBASE_KEY'
  const text = read.text(name)
  if (text === null) return null
  const signerKey = decodeBase64(text, { from: 16, to: 64 })
  if (signerKey) return { signerKey, saltSeparator }
  // The example contains no key, since somebody would use it.
  const fault = "must be base64_signer_key of the project's password hash parameters"
  read.fault(name, fault, '"$(cat firebase-signer-key)"')
  return null
}

const defaultSeparator = 'Bw=='
