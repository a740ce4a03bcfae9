import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { buildWeb } from '../templates/web/build.ts'
import { clusterFolder, findBinaries, startCluster } from './storage/postgres-cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Which database the harness opens: every story runs on both. */
    database: 'sqlite' | 'postgres'
    /** A PostgreSQL in which tests may make schemas and databases. */
    postgresUrl: string
    /** Where the programs are with which a test makes a PostgreSQL that it can break. */
    postgresBinaries: string
  }
}

/** One PostgreSQL for all tests: that of TEST_DATABASE_URL, or one that is gone when they are. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  // Once, before several files of tests want it at a time.
  await buildWeb()
  const endCompiling = keepCompiled()
  const folder = clusterFolder()
  const binaries = findBinaries(folder.path)
  project.provide('postgresBinaries', binaries)
  const given = process.env.TEST_DATABASE_URL
  if (given) {
    project.provide('postgresUrl', given)
    return async () => {
      folder.remove()
      endCompiling()
    }
  }
  const settings = ['shared_preload_libraries=pg_stat_statements']
  const cluster = await startCluster({ binaries, folder: folder.path, settings })
  project.provide('postgresUrl', cluster.url)
  return async () => {
    await cluster.stop()
    folder.remove()
    endCompiling()
  }
}

// Some thousand processes are started from source: without it each takes the types out of every file again,
// which is more than half of what a command does.
function keepCompiled(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-compiled-'))
  process.env.NODE_COMPILE_CACHE ??= folder
  return () => rmSync(folder, { recursive: true, force: true })
}
