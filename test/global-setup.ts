import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { joinServer } from '../bin/join-server.ts'
import { buildWeb } from '../templates/web/build.ts'
import { clusterFolder, findBinaries, startCluster } from './storage/postgres-cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Which database the harness opens: every story runs on both. */
    database: 'sqlite' | 'postgres'
    /** A PostgreSQL in which tests may make schemas and databases. */
    postgresUrl: string
    /** The program of the command `latchkey`, joined as it is published. */
    latchkey: string
    /** Where the programs are with which a test makes a PostgreSQL that it can break. */
    postgresBinaries: string
  }
}

/** One PostgreSQL for all tests: that of TEST_DATABASE_URL, or one that is gone when they are. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  // Once, before several files of tests want it at a time.
  await buildWeb()
  const endCompiling = keepCompiled()
  const removeCommand = await joinCommand(project)
  const folder = clusterFolder()
  const binaries = findBinaries(folder.path)
  project.provide('postgresBinaries', binaries)
  const { TEST_DATABASE_URL: given = '' } = process.env
  const settings = ['shared_preload_libraries=pg_stat_statements']
  const cluster = given ? null : await startCluster({ binaries, folder: folder.path, settings })
  project.provide('postgresUrl', cluster?.url ?? given)
  return async () => {
    await cluster?.stop()
    folder.remove()
    removeCommand()
    endCompiling()
  }
}

// Of some twenty files it starts in a third of the time that it takes from source, and it is run some thousand times.
// Within the repository, whose packages, templates and version it has.
async function joinCommand(project: TestProject): Promise<() => void> {
  mkdirSync('test-results', { recursive: true })
  const folder = mkdtempSync(resolve('test-results', 'command-'))
  await joinServer(['cli/latchkey'], folder)
  project.provide('latchkey', join(folder, 'cli/latchkey.js'))
  return () => rmSync(folder, { recursive: true })
}

// Some thousand processes are started from source: without it each takes the types out of every file again,
// which is more than half of what a command does.
function keepCompiled(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-compiled-'))
  process.env.NODE_COMPILE_CACHE ??= folder
  return () => rmSync(folder, { recursive: true, force: true })
}
