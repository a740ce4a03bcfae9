import type { History, Result } from './history.ts'

/** What became of a request. */
export interface Reply {
  readonly result: Result
  /** 0 where there was no answer. */
  readonly status: number
  readonly code: string
  /** What the answer says, empty where there is none. */
  readonly body: Readonly<Record<string, unknown>>
  readonly start: number
  readonly end: number
}

export interface Asked {
  readonly body?: Readonly<Record<string, unknown>>
  readonly token?: string
}

/** Sends a request from an address that nobody else has: the limits by address are not the question. */
export type Send = (line: string, asked?: Asked) => Promise<Reply>

const patienceMilliseconds = 20_000

export function createClient(origin: string, history: History): Send {
  let requests = 0
  return async (line, { body, token } = {}) => {
    const [method = 'GET', path = '/'] = line.split(' ')
    requests += 1
    const address = `10.${(requests >> 16) & 255}.${(requests >> 8) & 255}.${requests & 255}`
    const headers = {
      'x-forwarded-for': address,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    }
    const signal = AbortSignal.timeout(patienceMilliseconds)
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const start = history.now()
    try {
      const answer = await fetch(origin + path, { method, headers, signal, ...sent })
      const text = await answer.text()
      const said = text === '' ? {} : Object(JSON.parse(text))
      const { status } = answer
      const known = { status, code: String(said.code ?? ''), body: said }
      return { result: resultOf(status), ...known, start, end: history.now() }
    } catch (error) {
      const result = wasNeverSent(error) ? 'fail' : 'unknown'
      return { result, status: 0, code: '', body: {}, start, end: history.now() }
    }
  }
}

// A 503 may have been a COMMIT whose answer got lost.
function resultOf(status: number): Result {
  if (status < 300) return 'ok'
  return status < 500 ? 'fail' : 'unknown'
}

function wasNeverSent(error: unknown): boolean {
  return Object(Object(error).cause).code === 'ECONNREFUSED'
}
