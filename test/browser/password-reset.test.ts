// Somebody forgot their password, and follows the link in the mail.
import type { Page, Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { ann, bearer, signUp } from '../harness.ts'
import { openFrontEnd } from './front-end.ts'
import { field, fill, follow, hears, kept, logIn, press, problemOf, reads, sees } from './person.ts'

const password = 'staple battery correct'

async function forget(page: Page, origin: string, emailAddress = ann.email_address) {
  await page.goto(`${origin}/log-in`)
  await follow(page, 'Forgot your password?')
  await sees(page, 'Forgot your password?')
  await fill(page, { 'Email address': emailAddress })
  await press(page, 'Send link')
  await sees(page, 'Check your email')
}

/** Everywhere that a page could leave a token: the address bar, the history, the document, what it keeps. */
function traces(page: Page): Promise<string> {
  return page.evaluate(() =>
    JSON.stringify([
      ...[location.href, history.state, document.documentElement.outerHTML, document.cookie],
      ...[{ ...localStorage }, { ...sessionStorage }, performance.getEntries()],
    ]),
  )
}

test('whether an address is known cannot be told from what is said', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  const page = await front.open('/log-in')
  await forget(page, front.origin)
  const known = await page.getByRole('main').innerText()
  await forget(page, front.origin, 'bob@example.com')
  const unknown = await page.getByRole('main').innerText()
  expect(unknown).toBe(known.replace('ann@', 'bob@'))
})

test('the link in the mail leads to a new password: all devices are logged out, and the old one is refused', async () => {
  const front = await openFrontEnd()
  const token = await signUp(front.server)
  front.expectFaults('401 /v1/session')
  const page = await front.open('/log-in')
  await forget(page, front.origin)
  await page.goto(await front.link())
  await sees(page, 'Choose a new password')
  await fill(page, { 'New password': password })
  await press(page, 'Save new password')
  await reads(page, 'Your password has been changed')
  expect((await front.server.send('GET /v1/user', undefined, bearer(token))).status).toBe(401)
  expect(await kept(page)).toEqual({ local: [], session: 0, cookie: '' })
  await sees(page, 'Log in')
  await logIn(page)
  await reads(page, 'Invalid email address or password')
  await logIn(page, { ...ann, password })
  await reads(page, 'No projects yet')
})

test('the token leaves the address bar and the history at once, and is kept nowhere', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  const page = await front.open('/log-in')
  await forget(page, front.origin)
  const before = front.api.requests.length
  await page.goto(await front.link())
  await sees(page, 'Choose a new password')
  expect(page.url()).toBe(`${front.origin}/reset-password`)
  const entries = await page.evaluate(() =>
    JSON.stringify(performance.getEntriesByType('navigation')),
  )
  // Only what the browser itself knows of how it came here.
  expect((await traces(page)).replaceAll(entries.slice(1, -1), '')).not.toContain('lkr_')
  // Looking at the link asks nobody anything.
  expect(front.api.requests.slice(before)).toEqual([])
  await page.reload()
  await sees(page, 'Open the link in your email')
  await page.goBack()
  await page.goForward()
  expect(await traces(page)).not.toContain('lkr_')
})

test('a weak password leaves the link good', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  front.expectFaults('422 /v1/passwords')
  const page = await front.open('/log-in')
  await forget(page, front.origin)
  await page.goto(await front.link())
  await fill(page, { 'New password': 'short' })
  await press(page, 'Save new password')
  expect(await problemOf(page, 'New password')).toMatch(/too short/)
  await fill(page, { 'New password': password })
  await press(page, 'Save new password')
  await reads(page, 'Your password has been changed')
})

test('a link that was used is dead, says so, and leads to another; one opened in the same tab works', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  front.expectFaults('401 /v1/passwords')
  const page = await front.open('/log-in')
  await forget(page, front.origin)
  const used = await front.link()
  const useUp = async () => {
    await page.goto('about:blank')
    await page.goto(used)
    await fill(page, { 'New password': password })
    await press(page, 'Save new password')
    await sees(page, 'This link no longer works')
  }
  await page.goto(used)
  await fill(page, { 'New password': password })
  await press(page, 'Save new password')
  await reads(page, 'Your password has been changed')
  await useUp()
  await follow(page, 'Get a new link')
  await fill(page, { 'Email address': ann.email_address })
  await press(page, 'Send link')
  await sees(page, 'Check your email')
  // The dead page is still there, and the new link goes into its address bar.
  await useUp()
  const next = await front.link()
  await page.evaluate((hash) => location.assign(hash), new URL(next).hash)
  await sees(page, 'Choose a new password')
  await fill(page, { 'New password': `another ${password}` })
  await press(page, 'Save new password')
  await reads(page, 'Your password has been changed')
})

test('on the page of the link a manager of passwords makes a new one, and may paste it', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  const page = await front.open('/log-in')
  await forget(page, front.origin)
  await page.goto(await front.link())
  const fresh = field(page, 'New password')
  expect(await fresh.getAttribute('autocomplete')).toBe('new-password')
  expect(await fresh.getAttribute('type')).toBe('password')
  expect(await page.locator('[maxlength], [autocomplete=off]').count()).toBe(0)
  await page.evaluate((text) => navigator.clipboard.writeText(text), password)
  await fresh.focus()
  await page.keyboard.press('ControlOrMeta+v')
  expect(await fresh.inputValue()).toBe(password)
})

test('whoever is logged in to another account hears that the password has been changed, and stays there', async () => {
  const front = await openFrontEnd()
  const { server } = front
  await signUp(server)
  await server.send('POST /v1/passwords', { email_address: ann.email_address })
  const link = await front.link()
  const page = await front.openAs({ ...ann, email_address: 'bob@example.com' })
  await reads(page, 'No projects yet')
  await page.goto(link)
  await fill(page, { 'New password': password })
  await press(page, 'Save new password')
  await sees(page, 'The password has been changed')
  await follow(page, 'Go to your projects')
  await reads(page, 'No projects yet')
  expect((await server.send('POST /v1/session', { ...ann, password })).status).toBe(200)
})

test.each([
  ['is too busy', '503', (route: Route) => route.fulfill({ status: 503 })],
  ['is away', 'net::ERR_FAILED', (route: Route) => route.abort()],
])(
  'where the API %s when it is asked who is still logged in, that is said, and the next try finds it out',
  async (_how, fault, answer) => {
    const front = await openFrontEnd()
    front.expectFaults(`${fault} /v1/session`, '401 /v1/session')
    const page = await front.openAs(ann)
    await reads(page, 'No projects yet')
    await front.server.send('POST /v1/passwords', { email_address: ann.email_address })
    await page.goto(await front.link())
    await fill(page, { 'New password': password })
    await page.route('**/v1/session', answer)
    await press(page, 'Save new password')
    await sees(page, 'The password has been changed')
    await hears(page, 'We couldn’t find out whether you’re still logged in here')
    expect(await page.getByText('another account').count()).toBe(0)
    await page.unroute('**/v1/session')
    await press(page, 'Try again')
    await reads(page, 'Log in with the new one')
    await logIn(page, { ...ann, password })
    await reads(page, 'No projects yet')
  },
)
