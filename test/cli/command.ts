import { execFile } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject } from 'vitest'
import { emptyDatabaseUrl, temporaryFolder } from '../harness.ts'

/** Where `latchkey` can be typed, and the database that it then works on. */
export interface Command {
  readonly folder: string
  readonly databaseUrl: string
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function prepareCommand(): Promise<Command> {
  const folder = temporaryFolder()
  const script = `#!/bin/sh\nexec '${process.execPath}' '${inject('latchkey')}' "$@"\n`
  writeFileSync(join(folder, 'latchkey'), script)
  chmodSync(join(folder, 'latchkey'), 0o755)
  const file = `sqlite:${join(folder, 'storage/production.sqlite3')}`
  return { folder, databaseUrl: inject('database') === 'sqlite' ? file : await emptyDatabaseUrl() }
}

/** Runs a line of a shell, and never lets a stack pass for a sentence. */
export async function run({ folder, databaseUrl }: Command, line: string): Promise<Ran> {
  const options = { cwd: folder, env: environment({ folder, databaseUrl }) }
  // Its standard input is a socket, for which bash would read the machine's ~/.bashrc, as if over a network.
  const ran = promisify(execFile)('bash', ['--norc', '-c', line], options)
  const { code = 0, stdout, stderr } = await ran.catch((error) => error)
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+/)
  return { code, stdout, stderr }
}

export function environment({ folder, databaseUrl }: Command): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${folder}:${process.env.PATH}`, DATABASE_URL: databaseUrl }
}
