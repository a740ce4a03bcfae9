import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

/** A script of this folder in its own process, which reports its steps over IPC. */
export interface Probe {
  readonly child: ChildProcess
  /** All steps that it has reported. */
  readonly steps: readonly string[]
  /** Its standard error, which is empty unless something went wrong. */
  complaints(): string
  /** Resolves with the first step that begins with this text. */
  reached(beginning: string): Promise<string>
  tell(what: string): void
}

/** Starts a script, and resolves when it has reported its first step. */
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
