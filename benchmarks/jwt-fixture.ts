// JWTs for the users of Latchkey's database, all with the same claims.
import { createHmac } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { bearer, type Fixture, type JoseAlgorithm, type JoseFixture } from './peers.ts'
import { secret } from './servers/environment.ts'

const oneHourSeconds = 3_600

/** Tokens signed with the secret with which the server verifies them. */
export function jwtFixture({ file }: Fixture): Fixture {
  return { file, credentials: userIds(file).map((id) => bearer(sign(id))), renew: null }
}

/** Tokens signed with a key whose public half the server has. */
export async function joseFixture(
  { file }: Fixture,
  algorithm: JoseAlgorithm,
): Promise<JoseFixture> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm)
  const tokens = userIds(file).map((id) =>
    new SignJWT(claimsOf(id)).setProtectedHeader({ alg: algorithm, typ: 'JWT' }).sign(privateKey),
  )
  const jwk = { ...(await exportJWK(publicKey)), alg: algorithm }
  return {
    file,
    credentials: (await Promise.all(tokens)).map(bearer),
    renew: null,
    publicKey: JSON.stringify(jwk),
  }
}

function userIds(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true })
  const rows = database.prepare('SELECT id FROM users').all()
  database.close()
  return rows.map(({ id }) => String(id))
}

// HS256 (RFC 7515), exactly as the load sends it.
function sign(userId: string): string {
  const parts = [{ alg: 'HS256', typ: 'JWT' }, claimsOf(userId)]
  const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  const signature = createHmac('sha256', secret).update(input.join('.')).digest('base64url')
  return [...input, signature].join('.')
}

function claimsOf(userId: string) {
  const iat = Math.floor(Date.now() / 1_000)
  return { sub: userId, iat, exp: iat + oneHourSeconds }
}
