import { refuseProduction } from '../cli/test-environment.ts'
import { argon2id, type PasswordHash } from '../core/password-hash.ts'

/** Settings that make tests fast, and are unsafe for anything else. */
export interface TestSettings {
  readonly passwordHash: PasswordHash
  readonly rateLimits: 'off'
}

/**
 * For `createAuth({ store, clock, ...testSettings() })`: argon2id at its lowest cost, and no rate limits.
 *
 * @throws Error if `NODE_ENV` is `production`
 */
export function testSettings(): TestSettings {
  // SECURITY: passwords can be guessed from hashes this cheap.
  refuseProduction('testSettings()')
  return {
    passwordHash: argon2id({ cost: { memoryKibibytes: 8, passes: 1 } }),
    rateLimits: 'off',
  }
}
