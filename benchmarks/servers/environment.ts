import { readFileSync } from 'node:fs'

/** What the bench tells each server. */
export const port = Number(process.env.PORT)
export const file = process.env.DATABASE_FILE ?? ''
export const databaseUrl = process.env.DATABASE_URL ?? ''
export const secret = 'a secret of the benchmarks, thirty-two bytes and more'

/** The JWK that tokens are verified with. */
export const publicKey = JSON.parse(process.env.PUBLIC_KEY ?? '{}')

/** Whose access tokens are taken, and for which audience. */
export const accessTokens = JSON.parse(process.env.ACCESS_TOKENS ?? '{}')

/** The sessions that better-auth keeps in memory, as it wrote them there; null for no cache. */
export function readCache(): Map<string, string> | null {
  const { CACHE_FILE } = process.env
  return CACHE_FILE === undefined ? null : new Map(JSON.parse(readFileSync(CACHE_FILE, 'utf8')))
}
