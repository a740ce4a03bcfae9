import { spawnSync } from 'node:child_process'

/**
 * What a command, or `-p` and the number of a process, stands behind so that it is killed at the nth call
 * of the system of one kind, in whichever of its threads comes to it first.
 *
 * @throws Error where strace is not there
 */
export function killedAt(call: string, count: number): readonly string[] {
  requireTool('strace', ['-V'])
  return [
    'strace',
    ...quiet,
    '-e',
    `trace=${call}`,
    '-e',
    `inject=${call}:signal=KILL:when=${count}`,
  ]
}

// All threads; nothing is written. Not --seccomp-bpf, with which strace 6.1 counts no call but the first.
const quiet = ['-f', '-qq', '-o', '/dev/null'] as const

/** @throws Error with what to install, where a tool is not there: nothing passes without */
function requireTool(name: string, args: readonly string[]): void {
  const { error } = spawnSync(name, args)
  if (error) throw new Error(`${name} is not there: on Debian, apt install ${name}`)
}
