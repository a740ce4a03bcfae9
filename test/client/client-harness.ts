// Clients on a server in this process, and what the tests of them ask.
import {
  ApiError,
  type Client,
  type CookieStorage,
  createClient,
  type Fetch,
  inMemory,
  type TokenStorage,
} from 'latchkey/client'
import { expect, onTestFinished, vi } from 'vitest'
import { ann, ownPage, type Server } from '../harness.ts'

export const api = 'https://api.example.com'
export const bob = { email_address: 'bob@example.com', password: 'staple battery correct' }

export interface Sent {
  readonly line: string
  readonly url: string
  readonly init: RequestInit
  readonly status: number
}

interface ServedClient {
  readonly client: Client
  /** What went over the wire, and was answered. */
  readonly sent: readonly Sent[]
  readonly lines: () => string[]
}

interface Surroundings {
  readonly session?: TokenStorage | CookieStorage
  /** The browser's cookies; others have none. */
  readonly jar?: Jar
  /** Stands between: may hold an answer back, or lose it. */
  readonly between?: (fetch: Fetch) => Fetch
}

/** The client on a server in this process. */
export function clientOf({ app }: Server, surroundings: Surroundings = {}): ServedClient {
  const { session = inMemory(), jar = null, between = (fetch) => fetch } = surroundings
  const sent: Sent[] = []
  const overTheWire = between(async (url, init) => {
    const answer = await app.fetch(new Request(url, init), { address: null })
    const line = `${init.method ?? 'GET'} ${url.replace(api, '')}`
    sent.push({ line, url, init, status: answer.status })
    return answer
  })
  const fetch: Fetch = async (url, init) => {
    const headers = new Headers(init.headers)
    if (init.credentials === 'include') jar?.addTo(headers)
    const answer = await overTheWire(url, { ...init, headers })
    if (init.credentials === 'include') jar?.keep(answer)
    return answer
  }
  const client = createClient(api, { session, fetch })
  return { client, sent, lines: () => sent.map(({ line }) => line) }
}

/** Two tabs with one session, of ann, who has just signed up in the first; and what the other has heard since. */
export async function openTabs(server: Server, { between, ...shared }: Surroundings) {
  const one = clientOf(server, between ? { ...shared, between } : shared)
  const other = clientOf(server, shared)
  const heard = changesOf(other.client)
  await one.client.registrations.create(ann)
  await vi.waitFor(() => expect(heard).toEqual(['signed_in']))
  heard.length = 0
  return { one, other, heard }
}

/** The cookies of a browser, and what it says of its page. */
export class Jar {
  page: Readonly<Record<string, string>> = ownPage
  #cookie: string | null = null

  addTo(headers: Headers): void {
    if (this.#cookie !== null) headers.set('cookie', this.#cookie)
    for (const [name, value] of Object.entries(this.page)) headers.set(name, value)
  }

  keep({ headers }: Response): void {
    for (const line of headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      this.#cookie = line.includes('Max-Age=0') ? null : pair
    }
  }

  get isEmpty(): boolean {
    return this.#cookie === null
  }
}

/** Holds back answers to one line of requests, until they are let go. */
export function holding(line: string) {
  const gate = Promise.withResolvers<void>()
  const arrived = Promise.withResolvers<void>()
  const between =
    (fetch: Fetch): Fetch =>
    async (url, init) => {
      const answer = await fetch(url, init)
      if (`${init.method ?? 'GET'} ${url.replace(api, '')}` !== line) return answer
      arrived.resolve()
      await gate.promise
      return answer
    }
  return { between, arrived: arrived.promise, letGo: () => gate.resolve() }
}

/** A client whose server answers these, one after the other, or is away where one is null. */
export function answering(...answers: (Response | null)[]) {
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => {
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (!answer) throw new TypeError('fetch failed')
    return answer.clone()
  })
  return { client: createClient(api, { session: inMemory(), fetch }), fetch }
}

/** What `localStorage` is, in this process. */
export function webStorage() {
  const kept = new Map<string, string>()
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
}

export async function refused(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof ApiError) return error
  throw new Error(`No ApiError, but ${error}`)
}

export function changesOf(client: Client): string[] {
  const changes: string[] = []
  onTestFinished(client.listen((change) => void changes.push(change)))
  return changes
}

/** Until whatever is ready has run. */
export function turns(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}
