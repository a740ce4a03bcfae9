import { hash } from 'node:crypto'
import {
  type AccessTokenPolicy,
  audienceWanted,
  isAudience,
  isIssuer,
  issuerWanted,
} from '../core/access-token-policy.ts'
import { isRandomKey, randomKeyWanted } from '../core/signing-keys/key-encryption.ts'
import { EnvironmentReader, type Mode, type Variables } from './environment-reader.ts'

/** The `KEY_ENCRYPTION_KEY`, for commands that make signing keys; null if it is not set. */
export function readKeyEncryptionEnvironment(variables: Variables, mode: Mode): Uint8Array | null {
  const read = new EnvironmentReader(variables)
  const key = readKeyEncryptionKey(read, mode)
  read.finish()
  return key
}

export function readAccessTokens(
  read: EnvironmentReader,
  { mode, appUrl }: { mode: Mode; appUrl: string },
): AccessTokenPolicy {
  const issuer = read.parsed('ACCESS_TOKEN_ISSUER', {
    parse: (text) => (isIssuer(text) ? text : null),
    wanted: issuerWanted,
    example: issuerExample,
    default: appUrl,
  })
  // The default is `APP_URL`, which may be valid for links in mails but not as an issuer.
  if (read.text('ACCESS_TOKEN_AUDIENCES') !== null && read.text('ACCESS_TOKEN_ISSUER') === null) {
    if (!isIssuer(appUrl)) read.fault('ACCESS_TOKEN_ISSUER', issuerWanted, issuerExample)
  }
  return {
    issuer,
    audiences: read.parsed<readonly string[]>('ACCESS_TOKEN_AUDIENCES', {
      parse(text) {
        const audiences = text.split(',').map((audience) => audience.trim())
        return audiences.every(isAudience) ? audiences : null
      },
      wanted: audienceWanted,
      example: 'https://files.example.com,https://billing.example.com',
      default: [],
    }),
    keyEncryptionKey: readKeyEncryptionKey(read, mode),
  }
}

const issuerExample = 'https://api.example.com'

// For development only: everybody can decrypt what this key encrypts.
const developmentKey = hash('sha256', 'latchkey development', 'buffer')

function readKeyEncryptionKey(read: EnvironmentReader, mode: Mode): Uint8Array | null {
  const name = 'KEY_ENCRYPTION_KEY'
  const text = read.text(name)
  if (text === null) return mode === 'development' ? developmentKey : null
  const key = /^[\w+/-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : null
  const isKnown = mode === 'production' && key !== null && developmentKey.equals(key)
  if (isRandomKey(key) && !isKnown) return key
  // SECURITY: the example contains no key, since somebody would use it.
  const fault = isKnown ? 'is that of development, which everybody knows' : randomKeyWanted
  read.fault(name, fault, '"$(openssl rand -base64 32)"')
  return null
}
