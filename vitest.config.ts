import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// As node --conditions=source reads the package: from src, not from dist.
const conditions = ['source', 'node']

// What concerns no database, brings its own, or counts turns of the event loop: once is enough.
const once = [
  'test/architecture.test.ts',
  'test/benchmarks-growth.test.ts',
  'test/benchmarks.test.ts',
  'test/browser/*.test.ts',
  'test/cli/backup-command.test.ts',
  'test/cli/latchkey-command-postgres.test.ts',
  'test/cli/latchkey-command-sqlite.test.ts',
  'test/cli/restore-command.test.ts',
  'test/cli/start.test.ts',
  'test/client/bundles.test.ts',
  'test/client/client-wire.test.ts',
  'test/client/react.test.ts',
  'test/docs/client-docs.test.ts',
  'test/docs/docs-pages.test.ts',
  'test/docs/docs.test.ts',
  'test/docs/security-docs.test.ts',
  'test/faults/checker.test.ts',
  'test/generator/*.test.ts',
  'test/guides/*.test.ts',
  'test/http/cors.test.ts',
  'test/http/framing.test.ts',
  'test/http/slow-clients.test.ts',
  'test/mail/outbox-timers.test.ts',
  'test/mobile/{guide,snippets}.test.ts',
  'test/mounts/guide.test.ts',
  'test/package.test.ts',
  'test/regular-expressions.test.ts',
  'test/resource-server/*.test.ts',
  'test/settings.test.ts',
  'test/storage/postgres-*.test.ts',
  'test/storage/previous-file.test.ts',
  'test/storage/previous-schema.test.ts',
  'test/template.test.ts',
  'test/testing/guide.test.ts',
  'test/timing/*.test.ts',
  'test/web-server.test.ts',
]

// What starts processes that need the machine for themselves: with other tests beside them hashes take so long
// that one of fifty is told to come back.
const alone = ['test/two-processes.test.ts']

// A test waits more than it computes: also two cores take two files at a time.
const beside = { maxWorkers: Math.max(2, availableParallelism() - 1) }
const behind = { include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } }

// Where nobody has measured yet the largest file is first. The one that would be the last is small, takes longer than
// almost any, and waits: in the end a core would have nothing to do.
const waiting = 'test/faults/kills.test.ts'

class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isWaiting = ({ project, moduleId }: TestSpecification) =>
      project.name === 'sqlite' && moduleId.endsWith(waiting)
    const sorted = await super.sort(files)
    return [...sorted.filter(isWaiting), ...sorted.filter((file) => !isWaiting(file))]
  }
}

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    globalSetup: 'test/global-setup.ts',
    testTimeout: 60_000,
    sequence: { sequencer: WaitingFirst },
    projects: [
      project('sqlite', {
        name: 'sqlite',
        include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
        exclude: alone,
        ...beside,
      }),
      project('postgres', {
        name: 'postgres',
        include: ['src/storage/migrate.test.ts', 'test/**/*.test.ts'],
        exclude: [...once, ...alone],
        ...beside,
      }),
      project('sqlite', { name: 'sqlite alone', ...behind }),
      project('postgres', { name: 'postgres alone', ...behind }),
    ],
  },
})

function project<Test extends object>(database: 'sqlite' | 'postgres', test: Test) {
  return { extends: true, test: { ...test, provide: { database, faults: {} } } } as const
}
