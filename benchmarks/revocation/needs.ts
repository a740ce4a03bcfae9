// What a second service fetches from the API, which it would otherwise have to ask at each request.
import { readFileSync } from 'node:fs'
import { median } from '../statistics.ts'
import { logIn, send, signUp } from './client.ts'
import type { Services } from './services.ts'

export interface Needs {
  /** The sizes of the answers that it fetches, in bytes. */
  readonly keysBytes: number
  readonly revocationsBytes: number
  /** How long one request to the API takes, from the same machine. */
  readonly askMilliseconds: number
}

const questions = 200

export async function measureNeeds({ origin }: Services): Promise<Needs> {
  const person = { emailAddress: 'needs@example.com', password: 'asked each time' }
  await signUp(origin, person)
  const headers = await logIn(origin, person)
  const times: number[] = []
  for (let asked = 0; asked < questions; asked++) {
    const from = performance.now()
    await send(origin, 'GET /v1/session', { headers })
    times.push(performance.now() - from)
  }
  return {
    keysBytes: await bytesOf(origin, '/.well-known/jwks.json'),
    revocationsBytes: await bytesOf(origin, '/v1/revocations'),
    askMilliseconds: median(times),
  }
}

async function bytesOf(origin: string, path: string): Promise<number> {
  return (await (await fetch(origin + path)).arrayBuffer()).byteLength
}

/** How often its services have fetched something from the API so far. */
export function countFetches({ log }: Services): number {
  const lines = readFileSync(log, 'utf8').split('\n')
  return lines.filter((line) => fetched.some((path) => line.includes(path))).length
}

const fetched = ['"/v1/revocations"', '"/.well-known/jwks.json"']
