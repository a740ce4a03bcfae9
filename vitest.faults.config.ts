// For npm run test:faults alone: what breaks a server, on the databases that were asked for.
import { defineConfig } from 'vitest/config'

const conditions = ['source', 'node']
const include = ['test/faults/kills.test.ts', 'test/faults/*.fault.ts']
// What can be taken from one of them only.
const sqliteAlone = ['disk-full', 'lock-held', 'corrupt-files'].map(
  (name) => `test/faults/${name}.fault.ts`,
)
const postgresAlone = ['database-away', 'disk-full-postgres'].map(
  (name) => `test/faults/${name}.fault.ts`,
)
const faults = JSON.parse(process.env.FAULTS ?? '{}')

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    globalSetup: 'test/global-setup.ts',
    // One thing is broken at a time.
    fileParallelism: false,
    disableConsoleIntercept: true,
    testTimeout: 2 * 3_600_000,
    projects: [project('sqlite', postgresAlone), project('postgres', sqliteAlone)],
  },
})

function project(database: 'sqlite' | 'postgres', exclude: string[]) {
  return {
    extends: true,
    test: { name: database, include, exclude, provide: { database, faults } },
  } as const
}
