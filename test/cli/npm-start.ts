import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** The template’s server in development mode, in a process of its own, as a person starts it. */
export interface Started {
  readonly process: ChildProcess
  readonly origin: string
  readonly said: () => string
  readonly complained: () => string
}

export async function start(
  folder: string,
  { args: flags = ['--dev'], until = 'curl -X DELETE', variables = {} } = {},
): Promise<Started> {
  const databaseUrl = `sqlite:${join(folder, 'storage/development.sqlite3')}`
  const args = ['bin/run.js', 'templates/api/server.ts', ...flags]
  const ports = { PORT: '0', WEB_PORT: String(await freePort()) }
  const env = { ...process.env, ...ports, DATABASE_URL: databaseUrl, ...variables }
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  // Not SIGKILL: the server is the child of this child, and would live on.
  onTestFinished(async () => void (await stop(child, 'SIGTERM')))
  let [said, complained] = ['', '']
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    complained += chunk
  })
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    said += chunk
  })
  while (!said.includes(until)) await once(child.stdout, 'data')
  await new Promise((resolve) => setImmediate(resolve))
  const [, origin = ''] = /API listens on (http:\/\/localhost:\d+)/.exec(said) ?? []
  return { process: child, origin, said: () => said, complained: () => complained }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0)
  await once(probe, 'listening')
  const { port } = Object(probe.address())
  await new Promise((resolve) => probe.close(resolve))
  return port
}

export async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal)
  if (child.exitCode === null) await once(child, 'exit')
  return child.exitCode
}
