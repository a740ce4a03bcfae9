import { refuseProduction } from '../cli/test-environment.ts'
import { argon2id, type PasswordHash } from '../core/password-hash.ts'

/** What makes tests quick, and would make anything else unsafe. */
export interface TestSettings {
  readonly passwordHash: PasswordHash
  readonly rateLimits: 'off'
}

/**
 * For `createAuth({ store, clock, ...testSettings() })`: the cheapest argon2id there is, and nobody who
 * is told to wait.
 *
 * @throws Error where `NODE_ENV` is `production`
 */
export function testSettings(): TestSettings {
  // SECURITY: passwords that were hashed so cheaply can be guessed by whoever gets hold of the hashes.
  refuseProduction('testSettings()')
  return {
    passwordHash: argon2id({ cost: { memoryKibibytes: 8, passes: 1 } }),
    rateLimits: 'off',
  }
}
