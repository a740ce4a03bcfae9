import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// As node --conditions=source reads the package: from src, not from dist.
const conditions = ['source', 'node']

// What concerns no database, brings its own, or counts turns of the event loop: once is enough.
const once = [
  'test/architecture.test.ts',
  'test/backup-command.test.ts',
  'test/benchmarks.test.ts',
  'test/benchmarks-growth.test.ts',
  'test/browser/*.test.ts',
  'test/bundles.test.ts',
  'test/client-docs.test.ts',
  'test/client-wire.test.ts',
  'test/cors.test.ts',
  'test/docs-pages.test.ts',
  'test/docs.test.ts',
  'test/faults/checker.test.ts',
  'test/framing.test.ts',
  'test/guides/*.test.ts',
  'test/generator/*.test.ts',
  'test/latchkey-command-postgres.test.ts',
  'test/latchkey-command-sqlite.test.ts',
  'test/mobile/{guide,snippets}.test.ts',
  'test/mails-guide.test.ts',
  'test/mounts/guide.test.ts',
  'test/outbox-timers.test.ts',
  'test/package.test.ts',
  'test/postgres-*.test.ts',
  'test/previous-file.test.ts',
  'test/previous-schema.test.ts',
  'test/react.test.ts',
  'test/regular-expressions.test.ts',
  'test/resource-server/*.test.ts',
  'test/restore-command.test.ts',
  'test/security-docs.test.ts',
  'test/settings.test.ts',
  'test/slow-clients.test.ts',
  'test/start.test.ts',
  'test/template.test.ts',
  'test/testing/guide.test.ts',
  'test/timing/*.test.ts',
  'test/web-server.test.ts',
]

// What brings processes that have to have the machine for themselves: with other tests beside them hashes take
// so long that one of fifty is told to come back.
const alone = ['test/two-processes.test.ts']

// A test waits more than it computes: also two cores take two files at a time.
const maxWorkers = Math.max(2, availableParallelism() - 1)

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    globalSetup: 'test/global-setup.ts',
    testTimeout: 60_000,
    projects: [
      project('sqlite', ['src/**/*.test.ts', 'test/**/*.test.ts'], { exclude: alone }),
      project('postgres', ['src/storage/migrate.test.ts', 'test/**/*.test.ts'], {
        exclude: [...once, ...alone],
      }),
      aloneProject('sqlite'),
      aloneProject('postgres'),
    ],
  },
})

type Database = 'sqlite' | 'postgres'

function project(database: Database, include: string[], { exclude }: { exclude: string[] }) {
  const provide = { database, faults: {} }
  return { extends: true, test: { name: database, include, exclude, provide, maxWorkers } } as const
}

/** Behind the others. */
function aloneProject(database: Database) {
  const provide = { database, faults: {} }
  const behind = { maxWorkers: 1, sequence: { groupOrder: 1 } }
  return {
    extends: true,
    test: { name: `${database} alone`, include: alone, provide, ...behind },
  } as const
}
