// The Projects API and its React front end on two ports of this machine, as `npm start` has them.
import { nodeListener } from 'latchkey/server'
import type { BrowserContext, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { web } from '../../templates/web/server.ts'
import { type ann, type Server, signUp, startServer } from '../harness.ts'
import { openBrowser } from './browser.ts'
import { type Gate, openGate } from './gate.ts'
import { Observer, type Shift } from './observer.ts'

export interface FrontEnd {
  readonly origin: string
  readonly api: Gate
  readonly server: Server
  /** A page in the browser of somebody who was nowhere before. */
  open(path?: string): Promise<Page>
  /** A page in a browser in which somebody who has signed up is logged in by a token. */
  openAs(person: typeof ann, path?: string): Promise<Page>
  /** The link in the newest mail, when all mails are sent. */
  link(): Promise<string>
  /** What browsers will complain of in this test; anything else fails it. */
  expectFaults(...lines: string[]): void
  shifts(): Promise<Shift[]>
}

interface FrontEndOptions {
  readonly session?: 'token' | 'cookie'
  readonly signUp?: 'open' | 'confirm'
  readonly rateLimits?: 'on' | 'off'
  readonly shifts?: 'judged' | 'ignored'
}

/** As soon as the test is over, it fails for whatever a browser complained of. */
export async function openFrontEnd(options: FrontEndOptions = {}): Promise<FrontEnd> {
  const {
    session = 'token',
    signUp: signUps = 'open',
    rateLimits = 'off',
    shifts = 'judged',
  } = options
  const { openProfile } = await openBrowser()
  const [api, pages] = [await openGate(), await openGate()]
  const server = await startServer({
    // Browsers have the time of day.
    now: new Date(),
    auth: { signUp: signUps, rateLimits },
    app: { corsOrigins: [pages.origin], mode: 'development' },
  })
  api.serve(nodeListener(server.app))
  pages.serve(nodeListener(web({ apiOrigin: api.origin, session })))

  const observer = new Observer([api.origin, pages.origin])
  const profiles: BrowserContext[] = []
  const openPages = () => profiles.flatMap((profile) => profile.pages())
  const expected: string[] = []

  async function openWith(path: string, token: string | null): Promise<Page> {
    const localStorage = [{ name: 'latchkey.token', value: token ?? '' }]
    const state = { cookies: [], origins: [{ origin: pages.origin, localStorage }] }
    const profile = await openProfile({
      permissions: ['clipboard-read', 'clipboard-write'],
      ...(token !== null && { storageState: state }),
    })
    profile.setDefaultTimeout(10_000)
    await observer.watch(profile)
    profiles.push(profile)
    if (profiles.length === 1) {
      // Before the profile that was opened first is closed: what is said last is done first.
      onTestFinished(async () => {
        expect(await observer.faults(openPages())).toEqual([...new Set(expected)].sort())
        if (shifts === 'ignored') return
        const moved = (await observer.shifts(openPages())).filter(({ unasked }) => unasked > 0.01)
        expect(moved).toEqual([])
      })
    }
    const page = await profile.newPage()
    await page.goto(pages.origin + path)
    return page
  }

  return {
    ...{ origin: pages.origin, api, server },
    open: (path = '/') => openWith(path, null),
    async openAs(person, path = '/') {
      const loggedIn = await server.send('POST /v1/session', person)
      return openWith(path, loggedIn.body.token ?? (await signUp(server, person)))
    },
    async link() {
      await server.outbox.deliverDue()
      const [found = ''] = /https:\S+#lk[rv]_\w+/.exec(server.mailbox.mails[0]?.text ?? '') ?? []
      return found.replace('https://app.example.com', pages.origin)
    },
    expectFaults(...lines) {
      expected.push(...lines)
    },
    shifts: () => observer.shifts(openPages()),
  }
}
