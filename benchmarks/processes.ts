// Processes of the bench, each on its own core if the system supports it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

export type Core = 'server' | 'load' | 'either'

/** Whether load and server have different cores: on Linux, with at least two, unless a bench is told `--unpinned`. */
export const isPinned =
  availableParallelism() > 1 &&
  !process.argv.includes('--unpinned') &&
  spawnSync('taskset', ['--version']).status === 0

interface StartOptions {
  readonly core: Core
  readonly args?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** The Latchkey that is imported; default the source. */
  readonly of?: 'source' | 'dist'
  /** A program that runs it, with its arguments; default none. */
  readonly under?: readonly string[]
  /** The file for its output. */
  readonly log: string
}

/** Starts a file of this folder. */
export function startProcess(
  file: string,
  { core, args = [], environment, of = 'source', under = [], log }: StartOptions,
): ChildProcess {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
  const told = core === 'server' ? ['--import', path('processor-time.js')] : []
  const node = [process.execPath, ...(of === 'source' ? ['--conditions=source'] : []), ...told]
  const pinned = isPinned ? ['taskset', '-c', cores[core]] : []
  const [program = '', ...before] = [...pinned, ...under, ...node]
  const output = openSync(log, 'a')
  return spawn(program, [...before, path(file), ...args], {
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', output, output, 'ipc'],
  })
}

const cores: Record<Core, string> = { server: '0', load: '1', either: '0,1' }

/** Moves a process with all its threads. */
export function pin(pid: number, core: Core): void {
  if (isPinned) spawnSync('taskset', ['-acp', cores[core], String(pid)])
}

/** Sends a message to a process, and waits for its answer. */
export async function ask<Answer>(child: ChildProcess, question: object): Promise<Answer> {
  const answer = hear<Answer>(child)
  child.send(question)
  return answer
}

/** The next message from a process. */
export async function hear<Answer>(child: ChildProcess): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const onExit = () => reject(new Error('A process of the bench has ended; its log says why'))
  child.once('message', resolve).once('exit', onExit)
  try {
    return await promise
  } finally {
    child.off('message', resolve).off('exit', onExit)
  }
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  // A program that runs under another one notices only this.
  if (child.connected) child.disconnect()
  child.kill('SIGKILL')
  await ended
}
