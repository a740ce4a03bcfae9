// A neighbour on the same site, whom browsers let set cookies for all of it.
import type { RequestListener } from 'node:http'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ann, signUp } from '../harness.ts'
import { mallory } from './acts.ts'
import { ask, openBrowser } from './browser.ts'
import { api, frontEnd, hostOf, logInOn, openWorld, type World } from './world.ts'

const neighbour = 'https://other.example.test'
const everywhere = 'Domain=example.test; Path=/; Secure'

/** With which a neighbour could hope to stand in the place of the session's cookie. */
const cookiesWith = (token: string) => [
  `session=${token}; ${everywhere}`,
  `session=${token}; Domain=example.test; Path=/v1`,
  `__Host-session=${token}; ${everywhere}`,
  `__Host-session=${token}; Domain=api.example.test; Path=/; Secure`,
  `__Host-session=${token}; Domain=example.test; Path=/v1; Secure`,
  `__host-session=${token}; ${everywhere}`,
  `__HOST-SESSION=${token}; ${everywhere}`,
  `__Secure-session=${token}; ${everywhere}`,
  `=__Host-session=${token}; ${everywhere}`,
  `\t__Host-session=${token}; ${everywhere}`,
  `__Host-session%20=${token}; ${everywhere}`,
  // No prefix to a browser, and so it takes them from anybody.
  `\u00a0__Host-session=${token}; ${everywhere}`,
  `\u2003__Host-session=${token}; ${everywhere}`,
  `"__Host-session"=${token}; ${everywhere}`,
  `x=1, __Host-session=${token}; ${everywhere}`,
  `x="; __Host-session=${token}"; ${everywhere}`,
]

test.each(['nobody', 'Ann'])(
  'where %s is logged in, a neighbour’s cookies make nobody else of them',
  async (who) => {
    const world = await openWorld()
    const token = await signUp(world.server, mallory)
    await signUp(world.server)
    const opened = await world.openFrontEnd()
    if (who === 'Ann') await logInOn(opened)
    await takeFromNeighbour(opened, cookiesWith(token))
    expect(await whoIsLoggedIn(opened)).toBe(who === 'Ann' ? ann.email_address : 'nobody')
    // They came: the browser had no part in it.
    expect(sentTo(world)).toContain(`session=${token}`)
    expect(sentTo(world)).not.toContain(`__Host-session=${token}`)
    if (who === 'Ann') return
    // Ann comes when they are there.
    await logInOn(opened)
    expect(await whoIsLoggedIn(opened)).toBe(ann.email_address)
  },
)

test('a neighbour who sets more cookies than a browser keeps can log a user out, and do no more', async () => {
  const world = await openWorld()
  await signUp(world.server)
  const opened = await world.openFrontEnd()
  await logInOn(opened)
  const before = await world.contents()
  await takeFromNeighbour(
    opened,
    Array.from({ length: 200 }, (_, index) => `${index}=1; ${everywhere}`),
  )
  expect(await whoIsLoggedIn(opened)).toBe('nobody')
  expect(await world.contents()).toEqual(before)
  await logInOn(opened)
  expect(await whoIsLoggedIn(opened)).toBe(ann.email_address)
})

/** Visits the neighbour, who sets cookies by a header and by a script. */
async function takeFromNeighbour(opened: Page, cookies: readonly string[]): Promise<void> {
  const { sites } = await openBrowser()
  const setting: RequestListener = (_request, response) => {
    // What is written byte by byte reaches the browser as UTF-8.
    const bytes = cookies.map((cookie) => Buffer.from(cookie).toString('latin1'))
    response
      .writeHead(200, { 'content-type': 'text/html', 'set-cookie': bytes })
      .end('<!doctype html>')
  }
  sites.serve(hostOf(neighbour), setting)
  await opened.goto(neighbour)
  await opened.evaluate((all) => {
    for (const cookie of all) Object(globalThis).document.cookie = cookie
  }, cookies)
}

async function whoIsLoggedIn(opened: Page): Promise<string> {
  await opened.goto(frontEnd)
  const { status, body } = await ask(opened, `${api}/v1/user`)
  return status === 200 ? body.user.email_address : 'nobody'
}

/** The cookies that came with the last request. */
function sentTo({ visits }: World): string[] {
  return visits.at(-1)?.headers.cookie?.split('; ') ?? []
}
