import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { type Reply, read } from './harness.ts'

/** The template's server in its own process, in production mode. */
export interface ServerProcess {
  readonly child: ChildProcess
  /** The lines that it has logged so far. */
  readonly log: readonly Record<string, unknown>[]
  /** Its standard error, such as why it did not start. */
  complaints(): string
  /** Resolves with the first log entry with this message, or with undefined if the process ends before. */
  logged(message: string): Promise<Record<string, unknown> | undefined>
  send(line: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  /** Sends a signal and resolves with the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

const production = {
  APP_URL: 'https://app.example.com',
  MAIL_FROM: 'no-reply@example.com',
  // Nobody listens there, so that mails wait.
  SMTP_URL: 'smtp://127.0.0.1:9',
  PORT: '0',
}

/** Starts a server, and resolves when it listens or has ended. */
export async function startServerProcess(
  variables: Readonly<Record<string, string>>,
  program: readonly string[] = ['templates/api/server.ts'],
): Promise<ServerProcess> {
  const args = ['--conditions=source', ...program]
  const env = { ...process.env, ...production, ...variables }
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'exit')
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    await ended
    return child.exitCode
  }
  onTestFinished(async () => void (await end()))
  const log: Record<string, unknown>[] = []
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    complaints += chunk
  })
  readLines(child, (line) => log.push(JSON.parse(line)))
  const logged = async (message: string) => {
    const find = () => log.find((entry) => entry.message === message)
    while (!find() && child.exitCode === null && child.signalCode === null) {
      await Promise.race([once(child.stdout, 'data'), ended])
    }
    return find()
  }
  const listening = await logged('listening')
  const origin = `http://127.0.0.1:${listening?.port}`
  const send: ServerProcess['send'] = async (line, body, headers = {}) => {
    const [method = 'GET', path = '/'] = line.split(' ')
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    return read(await fetch(origin + path, { method, headers: { ...json, ...headers }, ...sent }))
  }
  return { child, log, complaints: () => complaints, logged, send, end }
}

function readLines({ stdout }: ChildProcess, take: (line: string) => void): void {
  let rest = ''
  stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}
