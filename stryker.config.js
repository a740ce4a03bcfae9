// npm run test:mutation: small faults are put into the five modules below, one at a time, and a test
// has to notice each. docs/reference/mutation.md says how to read and to repeat it.
const modules = {
  // Without the digest and the checksum: full of faults they slow down every request of every test. The page
  // says how they are run by themselves.
  tokens: ['src/core/tokens.ts'],
  guard: [
    'src/core/guard.ts',
    'src/core/buckets.ts',
    'src/core/limits.ts',
    'src/core/failed-attempts.ts',
    'src/core/spraying.ts',
    'src/core/dead-tokens.ts',
    'src/core/allowances.ts',
    'src/core/network.ts',
    'src/core/recent.ts',
    'src/core/window.ts',
    'src/core/turns.ts',
  ],
  sessions: ['src/core/sessions.ts', 'src/core/devices.ts'],
  passwords: [
    'src/core/passwords.ts',
    'src/core/password-policy.ts',
    'src/core/password-hash.ts',
    'src/core/hash-queue.ts',
    'src/core/appointments.ts',
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
