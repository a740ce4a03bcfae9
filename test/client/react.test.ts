// The hooks in a browser, in StrictMode, which draws and runs everything twice.
import { createClient, inMemory } from 'latchkey/client'
import { AuthProvider, useSession } from 'latchkey/react'
import type { BrowserContext, Page, Route } from 'playwright-core'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { build, defaultClientConditions } from 'vite'
import { beforeAll, expect, test, vi } from 'vitest'
import { openBrowser } from '../browser/browser.ts'
import { page as pageOf } from '../browser/sites.ts'
import { api, frontEnd, hostOf, openWorld, type World } from '../browser/world.ts'
import { ann, signUp } from '../harness.ts'
import { bob } from './client-harness.ts'

let script = ''

beforeAll(async () => {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    mode: 'development',
    resolve: { conditions: ['source', ...defaultClientConditions] },
    build: { write: false, minify: false, rolldownOptions: { input: 'test/client/react-page.js' } },
  })
  const chunks = [built].flat().flatMap((each) => ('output' in each ? each.output : []))
  script = chunks.map((each) => (each.type === 'chunk' ? each.code : '')).join('')
})

interface Opened {
  readonly world: World
  readonly profile: BrowserContext
  readonly tab: Page
  /** What the API was asked, but for preflights. */
  readonly asked: () => string[]
}

/** A tab of somebody who is nobody yet; ann has signed up. */
async function open(content = ''): Promise<Opened> {
  const world = await openWorld()
  await signUp(world.server)
  const { sites, openProfile } = await openBrowser()
  const html = `<div id="root">${content}</div><script type="module">${script}</script>`
  sites.serve(hostOf(frontEnd), pageOf(html))
  const profile = await openProfile()
  const tab = await openTab(profile)
  const lines = () => world.visits.map(({ line }) => line)
  const asked = () => lines().filter((line) => !line.startsWith('OPTIONS'))
  return { world, profile, tab, asked }
}

async function openTab(profile: BrowserContext): Promise<Page> {
  const tab = await profile.newPage()
  await tab.goto(frontEnd)
  await run(tab, 'app.show()')
  await tab.locator('#form').waitFor()
  return tab
}

function run(tab: Page, code: string): Promise<unknown> {
  return tab.evaluate(code)
}

async function expectShown(tab: Page, who: string): Promise<void> {
  await vi.waitFor(async () => {
    expect(await tab.locator('.who').allTextContents()).toEqual([who, who, who])
  }, 5_000)
}

function logIn(tab: Page, person = ann): Promise<unknown> {
  return run(tab, `app.client.session.create(${JSON.stringify(person)})`)
}

test('who is logged in is asked for once, whoever wants to know, and of nobody not at all', async () => {
  const { tab, asked } = await open()
  await expectShown(tab, 'signed_out')
  expect(asked()).toEqual([])
  // It is the development build of React, or nothing would have run twice.
  expect(await run(tab, 'app.effects')).toBe(2)
  await logIn(tab)
  await expectShown(tab, ann.email_address)
  expect(asked()).toEqual(['POST /v1/session', 'GET /v1/session'])
  await tab.reload()
  await run(tab, 'app.show()')
  await expectShown(tab, ann.email_address)
  expect(asked()).toEqual(['POST /v1/session', 'GET /v1/session', 'GET /v1/session'])
})

test('who has just logged in is never nobody again, so that no guard sends them back', async () => {
  const { tab } = await open()
  await expectShown(tab, 'signed_out')
  await run(
    tab,
    `app.client.session.create(${JSON.stringify(ann)}).then(() => app.shown.push('.'))`,
  )
  await expectShown(tab, ann.email_address)
  const shown = await run(tab, 'app.shown')
  expect(shown).toEqual(['loading', 'signed_out', 'loading', '.', ann.email_address])
})

test('what happens while no component asks is not missed', async () => {
  const { tab } = await open()
  await expectShown(tab, 'signed_out')
  await run(tab, 'app.hide()')
  await logIn(tab)
  await run(tab, 'app.show()')
  await expectShown(tab, ann.email_address)
})

test('other tabs see a log-in, somebody else’s, and the log-out', async () => {
  const { tab, profile, world } = await open()
  await signUp(world.server, bob)
  const other = await openTab(profile)
  await logIn(tab)
  await expectShown(other, ann.email_address)
  await logIn(other, bob)
  await expectShown(tab, bob.email_address)
  await run(tab, 'app.client.session.delete()')
  for (const each of [tab, other]) await expectShown(each, 'signed_out')
})

test('a session that ended elsewhere is noticed at the next request, in all tabs, without another', async () => {
  const { tab, profile, world, asked } = await open()
  await logIn(tab)
  const other = await openTab(profile)
  await expectShown(other, ann.email_address)
  const [[id] = []] = await world.server.database.query('SELECT id FROM users')
  await world.server.auth.revokeSessions(String(id))
  const before = asked().length
  await run(tab, `Promise.allSettled([1, 2, 3].map(() => app.client.fetch('/v1/projects')))`)
  for (const each of [tab, other]) await expectShown(each, 'signed_out')
  expect(asked().slice(before)).toEqual(Array(3).fill('GET /v1/projects'))
})

test('coming back to a tab asks nothing', async () => {
  const { tab, profile, asked } = await open()
  await logIn(tab)
  await expectShown(tab, ann.email_address)
  const other = await profile.newPage()
  await other.bringToFront()
  await tab.bringToFront()
  for (const event of ['focus', 'online', 'pageshow']) {
    await run(tab, `window.dispatchEvent(new Event('${event}'))`)
  }
  await run(tab, `document.dispatchEvent(new Event('visibilitychange'))`)
  // Whatever had been asked would have come before this.
  await run(tab, `app.client.fetch('/v1/projects')`)
  expect(asked()).toEqual(['POST /v1/session', 'GET /v1/session', 'GET /v1/projects'])
})

test('while the API is away nobody is logged out, and it can be asked again', async () => {
  const { tab, profile } = await open()
  await logIn(tab)
  await expectShown(tab, ann.email_address)
  const away = (url: URL) => url.origin === api
  await profile.route(away, (route) => route.abort())
  await run(tab, 'app.auth().refresh()')
  await expectShown(tab, ann.email_address)
  const other = await openTab(profile)
  await expectShown(other, 'failed')
  await profile.unroute(away)
  await run(other, 'app.auth().refresh()')
  await expectShown(other, ann.email_address)
})

test('a token that another tab replaces while this one asks, or opens, logs nobody out', async () => {
  const { tab, profile, world, asked } = await open()
  await logIn(tab)
  await expectShown(tab, ann.email_address)
  const other = await openTab(profile)
  await expectShown(other, ann.email_address)
  const replace = async (route: Route) => {
    await run(tab, 'app.client.session.rotate()')
    await route.continue()
  }
  await other.route(`${api}/v1/session`, replace, { times: 1 })
  const before = asked().length
  await run(other, 'app.auth().refresh()')
  await expectShown(other, ann.email_address)
  expect(asked().slice(before)).toEqual([
    'PUT /v1/session/token',
    'GET /v1/session',
    'GET /v1/session',
  ])
  const statuses = world.visits.filter(({ line }) => line === 'GET /v1/session')
  expect(statuses.slice(-2).map(({ status }) => status)).toEqual([401, 200])
  await other.route(`${api}/v1/session`, replace, { times: 1 })
  await other.reload()
  await run(other, 'app.show()')
  await expectShown(other, ann.email_address)
  expect(await run(other, 'app.shown')).toEqual(['loading', ann.email_address])
})

test.each([
  ['a page of a proxy', { contentType: 'text/html', body: '<h1>Log in to the network</h1>' }],
  ['a refusal without the token, which a proxy took away', { json: { code: 'unauthenticated' } }],
])(
  'a 401 that is %s logs nobody out: it is said, and can be asked again',
  async (_what, answer) => {
    const { tab, profile } = await open()
    await logIn(tab)
    await expectShown(tab, ann.email_address)
    await profile.route(`${api}/v1/session`, (route) => route.fulfill({ status: 401, ...answer }))
    await run(tab, 'app.auth().refresh()')
    await expectShown(tab, ann.email_address)
    const other = await openTab(profile)
    await expectShown(other, 'failed')
    await profile.unroute(`${api}/v1/session`)
    await run(other, 'app.session().retry()')
    await expectShown(other, ann.email_address)
  },
)

test('whoever asks before any component wants to know hears of a log-in all the same', async () => {
  const { tab } = await open()
  await run(tab, 'app.hide()')
  await tab.reload()
  await run(tab, 'app.hide()')
  await tab.locator('#form').waitFor()
  await run(tab, 'app.auth().refresh()')
  await run(tab, 'app.show()')
  await expectShown(tab, 'signed_out')
  await logIn(tab)
  await expectShown(tab, ann.email_address)
})

test('a second click sends nothing, a refusal names its fields, and a form that was left stays empty', async () => {
  const { tab, asked } = await open()
  const form = tab.locator('#form')
  const wrong = JSON.stringify({ ...ann, password: 'wrong' })
  await run(tab, `Promise.all([app.action().run(${wrong}), app.action().run(${wrong})])`)
  expect(await form.textContent()).toBe('refused')
  expect(asked()).toEqual(['POST /v1/session'])
  await run(tab, `app.action().run({ email_address: 1 })`)
  expect(await run(tab, 'app.action().state.fields')).toEqual({
    email_address: 'Email address must be a string',
    password: "Password can't be blank",
  })
  await run(tab, `Promise.all([app.action().run(${wrong}), app.action().reset()])`)
  expect(await form.textContent()).toBe('idle')
  await run(
    tab,
    `app.action().run({ get email_address() { throw new TypeError('bug') } }).catch(() => {})`,
  )
  expect(await form.textContent()).toBe('idle')
})

test('what a server draws, a browser takes over without a complaint', async () => {
  const client = createClient(api, { session: inMemory(), fetch: vi.fn() })
  const Who = () => createElement('p', { className: 'who' }, useSession().status)
  const Form = () => createElement('p', { id: 'form' }, 'idle')
  const parts = [Who, Who, Who, Form].map((part, key) => createElement(part, { key }))
  const drawn = renderToString(createElement(AuthProvider, { client }, parts))
  expect(drawn).toContain('<p class="who">loading</p>')
  const { tab } = await open(drawn)
  await expectShown(tab, 'signed_out')
  expect(await run(tab, 'app.complaints')).toEqual([])
})

test('a hook outside the provider says what is missing', () => {
  const Who = () => createElement('p', null, useSession().status)
  expect(() => renderToString(createElement(Who))).toThrow('There is no <AuthProvider>')
})
