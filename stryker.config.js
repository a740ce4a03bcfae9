// npm run test:mutation: small faults are put into the five modules below, one at a time, and a test
// has to notice each. docs/reference/mutation.md says how to read and to repeat it.
const modules = {
  // Without the digest and the checksum: full of faults they slow down every request of every test. The page
  // says how they are run by themselves.
  tokens: ['src/core/tokens.ts'],
  guard: [
    'src/core/guard.ts',
    'src/core/guard/buckets.ts',
    'src/core/guard/limits.ts',
    'src/core/guard/failed-attempts.ts',
    'src/core/guard/spraying.ts',
    'src/core/guard/dead-tokens.ts',
    'src/core/guard/allowances.ts',
    'src/core/guard/network.ts',
    'src/core/bounded-map.ts',
    'src/core/guard/window.ts',
    'src/core/guard/turns.ts',
  ],
  sessions: ['src/core/sessions.ts', 'src/core/devices.ts'],
  passwords: [
    'src/core/passwords.ts',
    'src/core/password-resets.ts',
    'src/core/password-policy.ts',
    'src/core/password-hash.ts',
    'src/core/password-hash/hash-queue.ts',
    'src/core/password-hash/appointments.ts',
    'src/core/freshness.ts',
  ],
  bearer: ['src/http/bearer.ts'],
}

export default {
  mutate: Object.values(modules).flat(),
  testRunner: 'vitest',
  // The tests reach the code by its published names, which no import line of theirs relates to it.
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  testRunnerNodeArgs: ['--conditions=source'],
  coverageAnalysis: 'perTest',
  // Stryker would read tsconfig.json with TypeScript's compiler API, which TypeScript 7 has not.
  ignorePatterns: ['/benchmarks', '/dist', '/reports', '/storage', '/tsconfig.json'],
  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  allowConsoleColors: false,
  clearTextReporter: { allowColor: false, reportTests: false },
  htmlReporter: { fileName: 'reports/mutation.html' },
  jsonReporter: { fileName: 'reports/mutation.json' },
  thresholds: { high: 95, low: 90, break: 90 },
}
