// Somebody logs in and out in a browser.
import { expect, test } from 'vitest'
import { ann, bearer, read, signUp } from '../harness.ts'
import { openFrontEnd } from './front-end.ts'
import { field, fill, focused, hears, kept, logIn, logOut, press, reads, sees } from './person.ts'

test('a wrong password and an unknown address are refused in the same words, said aloud; what was typed stays', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  front.expectFaults('401 /v1/session')
  const page = await front.open('/log-in')
  await logIn(page, { ...ann, email_address: 'bob@example.com' })
  const unknown = await hears(page, /./)
  expect(unknown).toBe('Invalid email address or password')
  expect(await focused(page)).toBe(unknown)
  await logIn(page, { ...ann, password: 'incorrect horse' })
  expect(await hears(page, /./)).toBe(unknown)
  expect(await field(page, 'Email address').inputValue()).toBe(ann.email_address)
  expect(await kept(page)).toEqual({ local: [], session: 0, cookie: '' })
  await logIn(page)
  await reads(page, 'No projects yet')
})

test('whoever tried too often is told when to try again', async () => {
  const front = await openFrontEnd({ rateLimits: 'on' })
  front.expectFaults('429 /v1/session')
  for (let attempt = 1; attempt <= 10; attempt++) {
    const body = new URLSearchParams({ ...ann })
    const peer = { address: '127.0.0.1' }
    const sent = front.server.app.request('/v1/session', { method: 'POST', body }, peer)
    expect((await read(await sent)).status).toBe(401)
  }
  const page = await front.open('/log-in')
  await logIn(page)
  await hears(page, 'Too many attempts. Try again in 3 minutes.')
  expect(await field(page, 'Password').inputValue()).toBe(ann.password)
})

test('after logging out nothing is left in the browser, no page behind shows anything, and the token is dead', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann, '/account')
  await sees(page, 'Account')
  await page.getByText(ann.email_address).waitFor()
  const token = await page.evaluate(() => localStorage.getItem('latchkey.token') ?? '')
  expect((await front.server.send('GET /v1/user', undefined, bearer(token))).status).toBe(200)
  await logOut(page)
  await page.getByRole('link', { name: 'Sign up' }).first().waitFor()
  expect(await kept(page)).toEqual({ local: [], session: 0, cookie: '' })
  expect((await front.server.send('GET /v1/user', undefined, bearer(token))).status).toBe(401)
  await page.goBack()
  await page.reload()
  expect(await page.getByText(ann.email_address).count()).toBe(0)
})

test('whoever comes from a link to a page of theirs logs in, and is there', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  const page = await front.open('/account/devices')
  await sees(page, 'Log in')
  expect(front.api.requests).toEqual([])
  await logIn(page)
  await sees(page, 'Devices')
  expect(new URL(page.url()).pathname).toBe('/account/devices')
  expect(await page.evaluate(() => JSON.stringify(history.state))).not.toContain('lks_')
})

test('whoever has logged in and cannot be told so sees why, and not an empty form', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  front.expectFaults('503 /v1/session')
  const page = await front.open('/log-in')
  await page.route('**/v1/session', (route) =>
    route.request().method() === 'GET' ? route.fulfill({ status: 503 }) : route.continue(),
  )
  await logIn(page)
  await hears(page, 'The server is busy')
  await page.unroute('**/v1/session')
  await press(page, 'Try again')
  await reads(page, 'No projects yet')
  expect(front.api.requests.filter((line) => line === 'POST /v1/session')).toHaveLength(1)
})

test('a browser that keeps no cookie is told so at the next log-in', async () => {
  const front = await openFrontEnd({ session: 'cookie' })
  await signUp(front.server)
  front.expectFaults('401 /v1/session')
  const page = await front.open('/log-in')
  await sees(page, 'Log in')
  expect(await page.getByText('cookies').count()).toBe(0)
  await page.route('**/v1/session', (route) =>
    route.request().method() === 'POST' ? route.fulfill({ json: {} }) : route.continue(),
  )
  await logIn(page)
  await reads(page, 'Allow this site to use cookies')
  await page.unroute('**/v1/session')
  await logIn(page)
  await reads(page, 'No projects yet')
  front.server.clock.advance({ days: 31 })
  front.expectFaults('401 /v1/sessions')
  await page.getByRole('link', { name: 'Account' }).click()
  await page.getByRole('link', { name: 'Devices' }).click()
  await reads(page, 'You were logged out')
  expect(await page.getByText('cookies').count()).toBe(0)
})

test('a manager of passwords knows what is what on every form, and nothing is cut or kept from pasting', async () => {
  const front = await openFrontEnd()
  const page = await front.open('/log-in')
  const long = `${'ä'.repeat(200)} horse`
  for (const [path, secret] of [
    ['/log-in', 'current-password'],
    ['/sign-up', 'new-password'],
  ] as const) {
    await page.goto(front.origin + path)
    const password = field(page, 'Password')
    const name = field(page, 'Email address')
    expect(await password.getAttribute('autocomplete')).toBe(secret)
    expect(await name.getAttribute('autocomplete')).toBe('username')
    expect(await name.getAttribute('type')).toBe('email')
    expect(await page.getByRole('main').locator('form').count()).toBe(1)
    expect(await page.locator('[maxlength], [autocomplete=off]').count()).toBe(0)
    await page.evaluate((text) => navigator.clipboard.writeText(text), long)
    await password.focus()
    await page.keyboard.press('ControlOrMeta+v')
    expect(await password.inputValue()).toBe(long)
  }
})

test('a password can be shown, and is hidden again', async () => {
  const front = await openFrontEnd()
  const page = await front.open('/log-in')
  await fill(page, { Password: ann.password })
  const password = field(page, 'Password')
  expect(await password.getAttribute('type')).toBe('password')
  await press(page, 'Show password')
  expect(await password.getAttribute('type')).toBe('text')
  await press(page, 'Hide password')
  expect(await password.getAttribute('type')).toBe('password')
  expect(await password.inputValue()).toBe(ann.password)
})
