// For npm run test:mutation alone: the tests that are about the code that is mutated, on SQLite.
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const conditions = ['source', 'node']

// What kills most in the least time comes first, since the first failure ends a mutant.
const files = [
  'src/core/tokens.test.ts',
  'src/core/token-digest.test.ts',
  'src/core/crc32.test.ts',
  'src/core/password-policy.test.ts',
  'src/core/guard.test.ts',
  'src/core/guard/failed-attempts.test.ts',
  'src/core/guard/spraying.test.ts',
  'src/core/guard/dead-tokens.test.ts',
  'src/core/guard/allowances.test.ts',
  'src/core/guard/network.test.ts',
  'src/core/bounded-map.test.ts',
  'src/core/guard/turns.test.ts',
  'src/core/password-hash.test.ts',
  'src/core/password-hash/hash-queue.test.ts',
  'src/core/password-hash/appointments.test.ts',
  'test/stories/session.test.ts',
  'test/stories/log-in.test.ts',
  'test/statements.test.ts',
  'test/stories/account.test.ts',
  'test/stories/devices.test.ts',
  'test/stories/password-reset.test.ts',
  'test/limits.test.ts',
  'test/http/rfc6750.test.ts',
  'test/stories/cookie.test.ts',
  'test/http/cookie-shadowing.test.ts',
  'test/hono.test.ts',
  'test/mounts/gate.test.ts',
  'test/mounts/fastify.test.ts',
  'test/mounts/express.test.ts',
  'test/mounts/conformance.test.ts',
  'test/http/csrf.test.ts',
  'test/stories/cookie-endings.test.ts',
  'test/stories/events.test.ts',
  'test/stories/overtaken.test.ts',
  'test/stories/api-keys.test.ts',
  'test/stories/hooks.test.ts',
  'test/stories/email-verification.test.ts',
  'test/stories/sign-up.test.ts',
  'test/stories/rate-limits.test.ts',
]

class InThisOrder extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      files.findIndex((file) => moduleId.endsWith(file))
    return specifications.toSorted((one, other) => place(one) - place(other))
  }
}

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  resolve: {
    alias: [{ find: /^latchkey\/(\w+)$/, replacement: `${import.meta.dirname}/src/$1.ts` }],
  },
  test: {
    testTimeout: 20_000,
    // A worker for each file would cost more than the tests in it.
    isolate: false,
    include: files,
    sequence: { sequencer: InThisOrder },
    provide: { database: 'sqlite' },
  },
})
