import { refuseProduction } from '../cli/test-environment.ts'
import { argon2id, type PasswordHash } from '../core/password-hash.ts'

/** Settings that make tests fast, and would make anything else unsafe. */
export interface TestSettings {
  readonly passwordHash: PasswordHash
  readonly rateLimits: 'off'
}

/**
 * For `createAuth({ store, clock, ...testSettings() })`: the cheapest argon2id there is, and no rate limits.
 *
 * @throws Error if `NODE_ENV` is `production`
 */
export function testSettings(): TestSettings {
  // SECURITY: whoever gets hold of hashes this cheap can guess the passwords.
  refuseProduction('testSettings()')
  return {
    passwordHash: argon2id({ cost: { memoryKibibytes: 8, passes: 1 } }),
    rateLimits: 'off',
  }
}
