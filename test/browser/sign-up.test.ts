// Somebody signs up in a browser.
import type { Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { ann, signUp } from '../harness.ts'
import { openFrontEnd } from './front-end.ts'
import {
  field,
  fill,
  focused,
  follow,
  kept,
  logIn,
  press,
  problemOf,
  reads,
  sees,
} from './person.ts'

const typed = { 'Email address': ann.email_address, Password: ann.password }

test('somebody signs up from the first page, and is at their projects, which are none', async () => {
  const front = await openFrontEnd()
  const page = await front.open()
  await sees(page, 'All your projects in one place')
  expect(front.api.requests).toEqual([])
  await follow(page, 'Sign up')
  await sees(page, 'Sign up')
  await fill(page, typed)
  await press(page, 'Sign up')
  await reads(page, 'No projects yet')
  expect(new URL(page.url()).pathname).toBe('/')
  expect(await kept(page)).toEqual({ local: ['latchkey.token'], session: 0, cookie: '' })
  await page.reload()
  await reads(page, 'No projects yet')
  const signUps = front.api.requests.filter((line) => line === 'POST /v1/registrations')
  expect(signUps).toHaveLength(1)
})

test('a password says while it is typed how much of it is missing', async () => {
  const front = await openFrontEnd()
  const page = await front.open('/sign-up')
  const hint = async () => {
    const id = (await field(page, 'Password').getAttribute('aria-describedby')) ?? ''
    return page.locator(`[id="${id}"]`).innerText()
  }
  expect(await hint()).toMatch(/^Use 8 characters or more\b/)
  await field(page, 'Password').pressSequentially('corre')
  expect(await hint()).toMatch(/^3 more characters/)
  await field(page, 'Password').pressSequentially('ct ')
  expect(await hint()).toMatch(/Long enough/)
  await field(page, 'Password').fill('e\u0301e\u0301e\u0301e\u0301')
  expect(await hint()).toMatch(/^4 more characters/)
})

test('a taken address is told at its field, which has the focus; what was typed stays', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  front.expectFaults('422 /v1/registrations')
  const page = await front.open('/sign-up')
  await fill(page, typed)
  await press(page, 'Sign up')
  expect(await problemOf(page, 'Email address')).toBe('Email address has already been taken')
  expect(await focused(page)).toBe('Email address')
  expect(await field(page, 'Password').inputValue()).toBe(ann.password)
  expect(await kept(page)).toEqual({ local: [], session: 0, cookie: '' })
  await fill(page, { 'Email address': 'ann@example.org' })
  await press(page, 'Sign up')
  await reads(page, 'No projects yet')
})

test('each field says what is wrong with it, all at once, and the first has the focus', async () => {
  const front = await openFrontEnd()
  front.expectFaults('422 /v1/registrations')
  const page = await front.open('/sign-up')
  await fill(page, { 'Email address': 'ann', Password: 'password1' })
  await press(page, 'Sign up')
  expect(await problemOf(page, 'Email address')).toMatch(/^Email address is/)
  expect(await problemOf(page, 'Password')).toMatch(/^Password is one that attackers try first/)
  expect(await focused(page)).toBe('Email address')
  await fill(page, { Password: '' })
  await press(page, 'Sign up')
  await reads(page, "Password can't be blank")
})

test('whoever signs up in a browser that keeps no cookie hears that the account is there, and logs in where it does', async () => {
  const front = await openFrontEnd({ session: 'cookie' })
  front.expectFaults('401 /v1/session')
  const page = await front.open('/sign-up')
  await sees(page, 'Sign up')
  expect(await page.getByText('cookies').count()).toBe(0)
  await page.route('**/v1/registrations', keepNoCookie)
  await fill(page, typed)
  await press(page, 'Sign up')
  await sees(page, 'Your account has been created')
  await reads(page, 'Allow this site to use cookies')
  await reads(page, ann.email_address)
  // No form that could send a second sign-up.
  expect(await page.getByRole('textbox').count()).toBe(0)
  await page.getByRole('main').getByRole('link', { name: 'Log in' }).click()
  await sees(page, 'Log in')
  await reads(page, 'Your browser didn’t keep you logged in')
  // Now the browser keeps cookies.
  await logIn(page)
  await reads(page, 'No projects yet')
  const signUps = front.api.requests.filter((line) => line === 'POST /v1/registrations')
  expect(signUps).toHaveLength(1)
})

async function keepNoCookie(route: Route): Promise<void> {
  const response = await route.fetch()
  await route.request().frame().page().context().clearCookies()
  const { 'set-cookie': _, ...headers } = response.headers()
  await route.fulfill({ response, headers })
}

test('whoever signs up where nothing can be stored any more hears that the account is there', async () => {
  const front = await openFrontEnd()
  const page = await front.open('/sign-up')
  await page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('', 'QuotaExceededError')
    }
  })
  await fill(page, typed)
  await press(page, 'Sign up')
  await sees(page, 'Your account has been created')
  await reads(page, 'Allow this site to use cookies and to store data')
  await page.goto(`${front.origin}/log-in`)
  await logIn(page)
  await reads(page, 'No projects yet')
})

test('where addresses are confirmed first, whoever signs up is sent to their mail, and on from there', async () => {
  const front = await openFrontEnd({ signUp: 'confirm' })
  const page = await front.open('/sign-up')
  await fill(page, typed)
  await press(page, 'Sign up')
  await sees(page, 'Check your email')
  expect(await kept(page)).toEqual({ local: [], session: 0, cookie: '' })
  await page.goto(await front.link())
  await sees(page, 'Confirm your email address')
  await fill(page, { Password: ann.password })
  await press(page, 'Confirm')
  await sees(page, 'Your email address is confirmed')
  await page.getByRole('main').getByRole('link', { name: 'Log in' }).click()
  await logIn(page)
  await reads(page, 'No projects yet')
})

test('where addresses are confirmed first, whoever mistyped theirs sees it, and signs up with another', async () => {
  const front = await openFrontEnd({ signUp: 'confirm' })
  const page = await front.open('/sign-up')
  await fill(page, { ...typed, 'Email address': 'ann@example.con' })
  await press(page, 'Sign up')
  await sees(page, 'Check your email')
  await reads(page, 'ann@example.con')
  await press(page, 'Use another email address')
  await sees(page, 'Sign up')
  await page.waitForFunction(() => document.activeElement?.textContent === 'Sign up')
  await fill(page, typed)
  await press(page, 'Sign up')
  await reads(page, ann.email_address)
})

test('where addresses are confirmed first, a taken address looks the same as a new one', async () => {
  const front = await openFrontEnd({ signUp: 'confirm' })
  await front.server.auth.createUser({ emailAddress: ann.email_address, password: ann.password })
  const pages = [await front.open('/sign-up'), await front.open('/sign-up')]
  const addresses = [ann.email_address, 'bob@example.com']
  const texts = await Promise.all(
    pages.map(async (page, index) => {
      await fill(page, { ...typed, 'Email address': addresses[index] ?? '' })
      await press(page, 'Sign up')
      await sees(page, 'Check your email')
      return page.getByRole('main').innerText()
    }),
  )
  expect(texts[0]?.replace(ann.email_address, 'bob@example.com')).toBe(texts[1])
})
