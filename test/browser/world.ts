import { nodeListener } from 'latchkey/server'
import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import { ann, type Server, startServer } from '../harness.ts'
import { type Answered, ask, openBrowser } from './browser.ts'
import { page, type Visit } from './sites.ts'

/** The Projects API in production, and its front end on another host of the same site. */
export interface World {
  readonly server: Server
  /** What came to the API. */
  readonly visits: readonly Visit[]
  /** A page of the front end in a new browser. */
  openFrontEnd(): Promise<Page>
  /** All that the database holds. */
  contents(): Promise<Record<string, unknown>>
}

export const api = 'https://api.example.test'
export const frontEnd = 'https://app.example.test'

export async function openWorld(): Promise<World> {
  const { sites, openProfile } = await openBrowser()
  const server = await startServer({
    auth: { rateLimits: 'on' },
    app: { corsOrigins: [frontEnd] },
  })
  const visits = sites.serve(hostOf(api), nodeListener(server.app))
  sites.serve(hostOf(frontEnd), page('<title>Projects</title>'))
  return {
    server,
    visits,
    async openFrontEnd() {
      const opened = await (await openProfile()).newPage()
      await opened.goto(frontEnd)
      return opened
    },
    contents: () => contentsOf(server),
  }
}

export function hostOf(origin: string): string {
  return new URL(origin).host
}

async function contentsOf({ auth, database }: Server): Promise<Record<string, unknown>> {
  // What is written behind the answer is written now.
  await auth.flush()
  const tables = await database.query(
    `SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`,
  )
  const contents = tables.map(
    async ([name]) => [String(name), await database.query(`SELECT * FROM ${name}`)] as const,
  )
  return Object.fromEntries(await Promise.all(contents))
}

/** Logs somebody in on a page of the front end, into a cookie. */
export async function logInOn(opened: Page, person = ann): Promise<Answered> {
  const body = { ...person, transport: 'cookie' }
  const answered = await ask(opened, `${api}/v1/session`, { method: 'POST', body })
  expect(answered.status).toBe(200)
  return answered
}

/** The cookies that a browser would send to the API. */
export async function cookiesOf(profile: BrowserContext): Promise<string[]> {
  return (await profile.cookies(api)).map(({ name, value }) => `${name}=${value}`)
}
