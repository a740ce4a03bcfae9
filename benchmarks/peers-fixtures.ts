// The data of all peers of `npm run bench`, and the credentials of the requests to them.
import { join } from 'node:path'
import type { Issuer } from './access-token-fixture.ts'
import { warmUpSeconds } from './alternate.ts'
import { betterAuthFixture, latchkeyFixture } from './fixture.ts'
import { joseFixture, jwtFixture } from './jwt-fixture.ts'
import type { AccountsFixture, Fixtures } from './peers.ts'
import { betterAuthResetTokens, latchkeyResetTokens, resetsWithin } from './reset-tokens.ts'
import { betterAuthOn } from './servers/better-auth-instance.ts'

/** How long each server will be asked. */
interface Size {
  readonly rounds: number
  readonly seconds: number
}

export async function prepareLatchkey(
  folder: string,
  { rounds, seconds }: Size,
): Promise<AccountsFixture> {
  const fixture = await latchkeyFixture(folder)
  const url = `sqlite:${fixture.file}`
  const resets = resetsWithin(warmUpSeconds + rounds * seconds)
  return { ...fixture, resetTokens: await latchkeyResetTokens(url, resets) }
}

/** Creates the data of all peers; those without a database of their own use the tables of Latchkey. */
export async function preparePeers(
  { latchkey, issuer, folder }: { latchkey: AccountsFixture; issuer: Issuer; folder: string },
  { rounds, seconds }: Size,
): Promise<Fixtures> {
  const resets = resetsWithin(warmUpSeconds + rounds * seconds)
  const cacheFile = join(folder, 'cache.json')
  const betterAuth = await betterAuthFixture(folder, { cacheFile: null })
  const open = (onReset: (token: string) => void) =>
    betterAuthOn(betterAuth.file, { cache: null, onReset })
  return {
    latchkey,
    jwt: jwtFixture(latchkey),
    jose: {
      ES256: await joseFixture(latchkey, 'ES256'),
      EdDSA: await joseFixture(latchkey, 'EdDSA'),
    },
    accessTokens: issuer,
    betterAuth: {
      ...betterAuth,
      resetTokens: await betterAuthResetTokens(open, resets),
    },
    betterAuthCached: { ...(await betterAuthFixture(folder, { cacheFile })), cacheFile },
  }
}
