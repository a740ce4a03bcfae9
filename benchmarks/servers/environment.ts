import { readFileSync } from 'node:fs'

/** What the bench passes to each server. */
export const port = Number(process.env.PORT)
export const file = process.env.DATABASE_FILE ?? ''
export const databaseUrl = process.env.DATABASE_URL ?? ''
export const secret = 'a secret of the benchmarks, thirty-two bytes and more'

/** The JWK with which tokens are verified. */
export const publicKey = JSON.parse(process.env.PUBLIC_KEY ?? '{}')

/** The issuer and the audience of accepted access tokens. */
export const accessTokens = JSON.parse(process.env.ACCESS_TOKENS ?? '{}')

/** The sessions that better-auth keeps in memory, in the form in which it wrote them; null without a cache. */
export function readCache(): Map<string, string> | null {
  const { CACHE_FILE } = process.env
  return CACHE_FILE === undefined ? null : new Map(JSON.parse(readFileSync(CACHE_FILE, 'utf8')))
}
