import { DatabaseSync } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import { bearer } from 'better-auth/plugins'
import { secret } from './environment.ts'

interface Options {
  /** Where sessions are kept instead of in the database; null for the default. */
  readonly cache: Map<string, string> | null
  /** For filling the database: a hash that costs nothing. */
  readonly hash?: (password: string) => Promise<string>
}

export function betterAuthOn(file: string, { cache, hash }: Options) {
  const database = new DatabaseSync(file)
  // What Latchkey's connection has; without it each sign-up would wait for the disk several times.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  return betterAuth({
    database,
    secret,
    baseURL: 'http://127.0.0.1',
    emailAndPassword: { enabled: true, ...(hash && { password: { hash } }) },
    // Counted here as there: but every request comes from another address.
    rateLimit: { enabled: true },
    advanced: { ipAddress: { ipAddressHeaders: ['x-forwarded-for'] } },
    plugins: [bearer()],
    telemetry: { enabled: false },
    ...(cache && { secondaryStorage: kept(cache) }),
  })
}

function kept(cache: Map<string, string>) {
  return {
    get: async (key: string) => cache.get(key) ?? null,
    set: async (key: string, value: string) => void cache.set(key, value),
    delete: async (key: string) => void cache.delete(key),
  }
}
