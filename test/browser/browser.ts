// A real Chromium. Each file of tests has one of its own, each test a profile of its own.
import {
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { afterAll, onTestFinished } from 'vitest'
import { findChromium } from './chromium.ts'
import { openSites, type Sites } from './sites.ts'

/** A browser in which every name leads to this machine. */
export interface Browser {
  readonly sites: Sites
  /** Opens the browser of somebody who was nowhere before. */
  openProfile(options?: BrowserContextOptions): Promise<BrowserContext>
}

let opened: Promise<Browser & { close(): Promise<void> }> | undefined
afterAll(async () => (await opened)?.close())

/**
 * `http://localhost` is itself; every other name, whatever its port, is one of `sites`.
 *
 * @throws Error that says what to install, where there is no Chromium
 */
export function openBrowser(): Promise<Browser> {
  opened ??= launch()
  return opened
}

async function launch(): Promise<Browser & { close(): Promise<void> }> {
  const found = await findChromium()
  const sites = await openSites()
  const rules = `MAP * 127.0.0.1:${sites.port}, EXCLUDE localhost`
  const browser = await chromium.launch({
    ...found,
    // Its sandbox does not work for root, whom containers run tests as.
    // People have bars to scroll with, which take their room.
    ignoreDefaultArgs: ['--hide-scrollbars'],
    args: ['--no-sandbox', '--ignore-certificate-errors', `--host-resolver-rules=${rules}`],
  })
  return {
    sites,
    async openProfile(options) {
      const profile = await browser.newContext(options)
      onTestFinished(() => profile.close())
      return profile
    },
    async close() {
      await browser.close()
      sites.close()
    },
  }
}

export interface Answered {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the server sent
  readonly body: any
}

/** Sends a request with the browser's cookies from a page's script; throws what the script gets. */
export async function ask(
  page: Page,
  url: string,
  init: { method?: string; body?: object } = {},
): Promise<Answered> {
  const { method = 'GET', body } = init
  const json = body ? { body: JSON.stringify(body) } : {}
  const headers: Record<string, string> = body ? { 'content-type': 'application/json' } : {}
  return page.evaluate(
    async ([to, sent]) => {
      const response = await fetch(to, { credentials: 'include', ...sent })
      const text = await response.text()
      return { status: response.status, body: text === '' ? null : JSON.parse(text) }
    },
    [url, { method, headers, ...json }] as const,
  )
}
