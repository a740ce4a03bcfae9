import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

/** A script of this folder in a process of its own, which says over IPC how far it has come. */
export interface Probe {
  readonly child: ChildProcess
  /** All that it has said. */
  readonly steps: readonly string[]
  /** What it said beside that: nothing, unless something went wrong. */
  complaints(): string
  /** Resolves with the first step that begins so. */
  reached(beginning: string): Promise<string>
  tell(what: string): void
}

/** @returns when it has said something */
export async function startProbe(
  script: string,
  { args = [], variables }: { args?: string[]; variables: Readonly<Record<string, string>> },
): Promise<Probe> {
  const child = fork(script, args, {
    execArgv: ['--conditions=source'],
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill()
    await ended
  })
  const steps: string[] = []
  let complaints = ''
  child.on('message', (step) => steps.push(String(step)))
  child.stderr?.setEncoding('utf8').on('data', (chunk) => {
    complaints += chunk
  })
  const reached = async (beginning: string) => {
    for (;;) {
      const step = steps.find((each) => each.startsWith(beginning))
      if (step !== undefined) return step
      const hasEnded = child.exitCode !== null || child.signalCode !== null
      if (hasEnded) throw new Error(`${script} ended before it was ${beginning}: ${complaints}`)
      await Promise.race([once(child, 'message'), ended])
    }
  }
  await reached('')
  return { child, steps, complaints: () => complaints, reached, tell: (what) => child.send(what) }
}
