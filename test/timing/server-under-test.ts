import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Port, ports } from './ports.ts'

/** Whether the two processes can be kept on cores of their own: Linux, and a second core. */
export const isPinned =
  availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

/** Keeps this process away from the core of the server. */
export function pinClient(): void {
  if (!isPinned) return
  const { status } = spawnSync('taskset', ['-a', '-c', '-p', '1', String(process.pid)])
  if (status !== 0) throw new Error('taskset could not move this process to core 1')
}

interface Started {
  readonly listening: Readonly<Record<Port, number>>
  stop(): Promise<void>
}

/** Starts the server, on core 0. */
export async function startServer(databaseUrl: string): Promise<Started> {
  const path = fileURLToPath(new URL('server.ts', import.meta.url))
  const node = [process.execPath, '--conditions=source', path, databaseUrl]
  const [program = '', ...args] = isPinned ? ['taskset', '-c', '0', ...node] : node
  const child = spawn(program, args, {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const listening = await portsOf(child)
  return { listening, stop: () => stop(child) }
}

async function portsOf(child: ChildProcess): Promise<Record<Port, number>> {
  const gone = once(child, 'exit').then(() => {
    throw new Error('The server ended before it listened')
  })
  const [said] = await Promise.race([once(child, 'message'), gone])
  const told = ports.map((port) => Number(Object(said)[port]))
  const [right = 0, imported = 0, unhashed = 0, delayed = 0] = told
  return { right, imported, unhashed, delayed }
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
