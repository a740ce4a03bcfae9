// The network, or the API, is away or slow.
import type { Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { ann, signUp } from '../harness.ts'
import { openFrontEnd } from './front-end.ts'
import { field, fill, hears, logIn, press, reads, sees } from './person.ts'

const away = 'The server can’t be reached'

test.each([
  ['/', 'No projects yet', '/v1/projects'],
  ['/account/devices', 'This device', '/v1/sessions'],
  ['/account/api-keys', 'No API keys yet', '/v1/api_keys'],
  ['/account/activity', 'Signed up', '/v1/events'],
])(
  'on %s somebody without a network is told so, and tries again when it is back',
  async (path, there, asked) => {
    const front = await openFrontEnd()
    const page = await front.openAs(ann, path === '/' ? '/account' : '/')
    await page.getByRole('button', { name: 'Log out' }).waitFor()
    // Or what it still asks for would be missing too.
    if (path !== '/') await reads(page, 'No projects yet')
    front.api.cut()
    front.expectFaults(`net::ERR_EMPTY_RESPONSE ${asked}`)
    // Within the page, which has the session: the list alone is missing.
    if (path === '/') await page.getByRole('link', { name: 'Projects' }).click()
    else await page.getByRole('link', { name: 'Account' }).click()
    for (const name of ['Devices', 'API keys', 'Activity']) {
      if (path.endsWith(name.toLowerCase().replace(' ', '-')))
        await page.getByRole('link', { name, exact: true }).click()
    }
    await hears(page, away)
    front.api.mend()
    await press(page, 'Try again')
    await reads(page, there)

    front.api.cut()
    front.expectFaults('net::ERR_EMPTY_RESPONSE /v1/session')
    await page.reload()
    await hears(page, away)
    expect(await page.evaluate(() => localStorage.length)).toBe(1)
    front.api.mend()
    await press(page, 'Try again')
    await reads(page, there)
  },
)

test('a form that could not be sent says so and keeps what was typed, also when the browser is offline', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  front.expectFaults('net::ERR_EMPTY_RESPONSE /v1/session')
  front.expectFaults('net::ERR_INTERNET_DISCONNECTED /v1/projects')
  const page = await front.open('/log-in')
  front.api.cut()
  await logIn(page)
  await hears(page, away)
  expect(await field(page, 'Password').inputValue()).toBe(ann.password)
  front.api.mend()
  await press(page, 'Log in')
  await reads(page, 'No projects yet')

  await press(page, 'New project')
  await fill(page, { Title: 'Garden', 'Description (optional)': 'Beds' })
  await page.context().setOffline(true)
  await press(page, 'Create project')
  await hears(page, away)
  expect(await field(page, 'Title').inputValue()).toBe('Garden')
  expect(await field(page, 'Description (optional)').inputValue()).toBe('Beds')
  await page.context().setOffline(false)
  await press(page, 'Create project')
  await page.getByRole('heading', { name: 'Garden' }).waitFor()
})

test('while an answer is on its way the page says so, and a second click is no second request', async () => {
  const front = await openFrontEnd()
  const page = await front.open('/sign-up')
  await fill(page, { 'Email address': ann.email_address, Password: ann.password })
  front.api.hold()
  await press(page, 'Sign up')
  await page.getByRole('status').filter({ hasText: 'One moment' }).waitFor()
  await page.getByRole('button', { name: 'Sign up' }).click({ force: true })
  await field(page, 'Password').press('Enter')
  await field(page, 'Password').press('Enter')
  front.api.mend()
  await reads(page, 'No projects yet')
  expect(front.api.requests.filter((line) => line.startsWith('POST'))).toEqual([
    'POST /v1/registrations',
  ])

  front.api.hold()
  await page.reload()
  await page.getByRole('status').filter({ hasText: 'Loading' }).waitFor()
  front.api.mend()
  await reads(page, 'No projects yet')
})

test('an answer that never comes is not waited for', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann)
  await reads(page, 'No projects yet')
  // Its patience ends when the test says so.
  await page.evaluate(() => {
    AbortSignal.timeout = (milliseconds) => {
      const impatient = new AbortController()
      addEventListener('patience-ends', () => impatient.abort(new DOMException('', 'TimeoutError')))
      document.body.dataset.patience = String(milliseconds)
      return impatient.signal
    }
  })
  front.api.hold()
  await press(page, 'New project')
  await fill(page, { Title: 'Garden' })
  await press(page, 'Create project')
  await page.getByRole('status').filter({ hasText: 'One moment' }).waitFor()
  expect(await page.evaluate(() => document.body.dataset.patience)).toBe('15000')
  await page.evaluate(() => dispatchEvent(new Event('patience-ends')))
  await hears(page, 'we can’t tell whether that worked')
  expect(await field(page, 'Title').inputValue()).toBe('Garden')
})

test.each([
  ['without a network', 'net::ERR_FAILED', (route: Route) => route.abort()],
  ['while the API is too busy', '503', (route: Route) => route.fulfill({ status: 503 })],
])(
  'whoever logs out %s is logged out here, and told that the server does not know',
  async (_when, fault, answer) => {
    const front = await openFrontEnd()
    const page = await front.openAs(ann, '/account')
    await reads(page, ann.email_address)
    await page.route('**/v1/session', answer)
    front.expectFaults(`${fault} /v1/session`)
    await press(page, 'Log out')
    await reads(page, 'You’re logged out here, but the server couldn’t be told')
    await sees(page, 'All your projects in one place')
    expect(await page.evaluate(() => localStorage.length)).toBe(0)
  },
)

test('with a session in a cookie a log-out says that it is under way, and if it fails it can be tried again', async () => {
  const front = await openFrontEnd({ session: 'cookie' })
  front.expectFaults('401 /v1/session', '503 /v1/session')
  const page = await front.open('/sign-up')
  await fill(page, { 'Email address': ann.email_address, Password: ann.password })
  await press(page, 'Sign up')
  await reads(page, 'No projects yet')
  const answered = Promise.withResolvers<void>()
  await page.route('**/v1/session', async (route) => {
    await answered.promise
    await route.fulfill({ status: 503 })
  })
  await press(page, 'Log out')
  await page.getByRole('button', { name: 'Log out', disabled: true }).waitFor()
  answered.resolve()
  await reads(page, 'The server is busy')
  await page.unroute('**/v1/session')
  await press(page, 'Log out')
  await sees(page, 'All your projects in one place')
})
