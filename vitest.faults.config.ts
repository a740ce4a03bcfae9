// For npm run test:faults alone: what breaks a server, on the databases that were asked for.
import { defineConfig } from 'vitest/config'

const conditions = ['source', 'node']
const include = ['test/faults/kills.test.ts', 'test/faults/*.fault.ts']
const faults = JSON.parse(process.env.FAULTS ?? '{}')

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    globalSetup: 'test/global-setup.ts',
    // One thing is broken at a time.
    fileParallelism: false,
    disableConsoleIntercept: true,
    testTimeout: 2 * 3_600_000,
    projects: [
      { extends: true, test: { name: 'sqlite', include, provide: { database: 'sqlite', faults } } },
      {
        extends: true,
        test: { name: 'postgres', include, provide: { database: 'postgres', faults } },
      },
    ],
  },
})
