import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { joinServer } from '../bin/join-server.ts'
import { buildWeb } from '../templates/web/build.ts'
import { clusterFolder, findBinaries, startCluster } from './storage/postgres-cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The kind of database that the harness opens; every story runs on both. */
    database: 'sqlite' | 'postgres'
    /** The URL of a PostgreSQL in which tests may create schemas and databases. */
    postgresUrl: string
    /** The path of the command `latchkey`, joined into few files as for publication. */
    latchkey: string
    /** The folder of PostgreSQL's programs, for tests that start one of their own and break it. */
    postgresBinaries: string
  }
}

/** Provides one PostgreSQL for all tests: that of TEST_DATABASE_URL, or one that is deleted after them. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  // Once, before several test files need it concurrently.
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

// Joined into some twenty files, the command starts in a third of the time that it takes from source, and tests run it
// some thousand times. It is in the repository, so that it finds its packages, templates and version.
async function joinCommand(project: TestProject): Promise<() => void> {
  mkdirSync('test-results', { recursive: true })
  const folder = mkdtempSync(resolve('test-results', 'command-'))
  await joinServer(['cli/latchkey'], folder)
  project.provide('latchkey', join(folder, 'cli/latchkey.js'))
  return () => rmSync(folder, { recursive: true })
}

// Some thousand processes are started from source. Without this, each would strip the types of every file again, which
// takes more than half of the time of a command.
function keepCompiled(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-compiled-'))
  process.env.NODE_COMPILE_CACHE ??= folder
  return () => rmSync(folder, { recursive: true, force: true })
}
