import { DatabaseSync } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import { bearer } from 'better-auth/plugins'
import type { Pool } from 'pg'
import { secret } from './environment.ts'

/** Options for filling the database. */
interface Filling {
  /** A hash that costs nothing. */
  readonly hash?: (password: string) => Promise<string>
  /** Called with the token of each link to reset a password; default none. No mail is sent. */
  readonly onReset?: (token: string) => void
}

interface Options extends Filling {
  /** Where sessions are kept instead of in the database; null to keep them there. */
  readonly cache: Map<string, string> | null
}

export function betterAuthOn(file: string, { cache, ...filling }: Options) {
  const database = new DatabaseSync(file)
  // As on Latchkey's connection; otherwise each sign-up would wait for the disk several times.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  return betterAuth({
    database,
    ...settings(filling),
    ...(cache && { secondaryStorage: kept(cache) }),
  })
}

export function betterAuthOnPostgres(pool: Pool, filling: Filling = {}) {
  return betterAuth({ database: pool, ...settings(filling) })
}

function settings({ hash, onReset = () => {} }: Filling) {
  return {
    secret,
    baseURL: 'http://127.0.0.1',
    emailAndPassword: {
      enabled: true,
      // Links from before the bench are valid until its end.
      resetPasswordTokenExpiresIn: 86_400,
      sendResetPassword: async ({ token }: { token: string }) => onReset(token),
      ...(hash && { password: { hash } }),
    },
    // Limits count as in Latchkey, but every request comes from another address.
    rateLimit: { enabled: true },
    advanced: { ipAddress: { ipAddressHeaders: ['x-forwarded-for'] } },
    plugins: [bearer()],
    telemetry: { enabled: false },
  }
}

function kept(cache: Map<string, string>) {
  const take = (key: string) => {
    const value = cache.get(key) ?? null
    cache.delete(key)
    return value
  }
  const increment = (key: string) => {
    const count = Number(cache.get(key) ?? 0) + 1
    cache.set(key, String(count))
    return count
  }
  return {
    get: async (key: string) => cache.get(key) ?? null,
    getAndDelete: async (key: string) => take(key),
    increment: async (key: string) => increment(key),
    set: async (key: string, value: string) => void cache.set(key, value),
    delete: async (key: string) => void cache.delete(key),
  }
}
