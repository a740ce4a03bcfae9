// A session that ends while somebody is at it, in a browser.
import type { Page, Request } from 'playwright-core'
import { expect, test } from 'vitest'
import { ann, bearer, signUp } from '../harness.ts'
import { openFrontEnd } from './front-end.ts'
import { field, fill, follow, hears, kept, logIn, press, reads, sees } from './person.ts'

test('whoever comes back after a month logs in once, and is where they were', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann, '/account/devices')
  await reads(page, 'This device')
  front.server.clock.advance({ days: 31 })
  front.expectFaults('401 /v1/session')
  await page.reload()
  await sees(page, 'Log in')
  expect(await kept(page)).toEqual({ local: [], session: 0, cookie: '' })
  await logIn(page)
  await sees(page, 'Devices')
  await reads(page, 'This device')
})

test('a session that ends before a form is sent is told, and is ended in every tab at once', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann)
  await reads(page, 'No projects yet')
  const other = await page.context().newPage()
  await other.goto(`${front.origin}/account`)
  await reads(other, ann.email_address)
  front.server.clock.advance({ days: 31 })
  front.expectFaults('401 /v1/projects')
  await press(page, 'New project')
  await fill(page, { Title: 'Garden' })
  await press(page, 'Create project')
  await reads(page, 'You were logged out')
  await sees(other, 'Log in')
  await reads(other, 'You were logged out')
  expect(front.api.requests.filter((line) => line === 'POST /v1/projects')).toHaveLength(1)
})

test('what was typed when the session ended is there after the next log-in, for nobody else', async () => {
  const front = await openFrontEnd()
  await signUp(front.server, { ...ann, email_address: 'bob@example.com' })
  const page = await front.openAs(ann)
  await reads(page, 'No projects yet')
  const typed = { Title: 'Garden', 'Description (optional)': 'Beds,\nand a pond' }
  await press(page, 'New project')
  await fill(page, typed)
  front.server.clock.advance({ days: 31 })
  front.expectFaults('401 /v1/projects')
  await press(page, 'Create project')
  await reads(page, 'You were logged out')

  await logIn(page, { ...ann, email_address: 'bob@example.com' })
  await reads(page, 'No projects yet')
  expect(await page.getByRole('dialog').count()).toBe(0)
  await press(page, 'Log out')
  await sees(page, 'All your projects in one place')
  await page.getByRole('link', { name: 'Log in' }).first().click()
  await logIn(page)
  await reads(page, 'This has not been saved yet.')
  for (const [label, text] of Object.entries(typed)) {
    expect(await field(page, label).inputValue()).toBe(text)
  }
  await press(page, 'Create project')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await reads(page, 'and a pond')
  await press(page, 'New project')
  expect(await field(page, 'Title').inputValue()).toBe('')
  expect(await page.getByText('This has not been saved yet.').count()).toBe(0)
})

test('after a password reset elsewhere the browser is logged out at its next act', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  const page = await front.openAs(ann, '/account')
  await reads(page, ann.email_address)
  const { server } = front
  await server.send('POST /v1/passwords', { email_address: ann.email_address })
  const token = (await front.link()).split('#')[1]
  const password = 'staple battery correct'
  expect((await server.send('PUT /v1/passwords', { token, password })).status).toBe(200)
  front.expectFaults('401 /v1/sessions')
  await page.getByRole('link', { name: 'Devices' }).click()
  await sees(page, 'Log in')
  await reads(page, 'You were logged out')
  await logIn(page, { ...ann, password })
  await sees(page, 'Devices')
})

test('a page whose data the browser has deleted says so, and after a reload the user logs in', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann, '/account')
  await reads(page, ann.email_address)
  await page.evaluate(() => localStorage.clear())
  front.expectFaults('401 /v1/sessions')
  await page.getByRole('link', { name: 'Devices' }).click()
  await hears(page, 'You’re no longer logged in here')
  await page.reload()
  await logIn(page)
  await reads(page, 'This device')
})

test('whoever wants to delete the account when the session has ended hears that it is not deleted', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann, '/account')
  await press(page, 'Delete account')
  await fill(page, { 'Current password': ann.password })
  front.server.clock.advance({ days: 31 })
  front.expectFaults('401 /v1/user')
  await press(page, 'Delete my account')
  await reads(page, 'You were logged out')
  expect(await page.getByText('has been deleted').count()).toBe(0)
  await logIn(page)
  await sees(page, 'Account')
})

test('with a session in a cookie a second click on “Log out” while the first is on its way is none', async () => {
  const { front, page } = await signUpWithCookie()
  front.api.hold()
  await press(page, 'Log out')
  await page.getByRole('button', { name: 'Log out' }).click({ force: true })
  front.api.mend()
  await sees(page, 'All your projects in one place')
  expect(front.api.requests.filter((line) => line === 'DELETE /v1/session')).toHaveLength(1)
})

test('an account that is deleted while a log-out is still on its way is deleted, and that is told', async () => {
  const { page } = await signUpWithCookie()
  await page.getByRole('link', { name: 'Account' }).click()
  const arrive = await holdLogOut(page)
  await press(page, 'Log out')
  await press(page, 'Delete account')
  await fill(page, { 'Current password': ann.password })
  await press(page, 'Delete my account')
  await reads(page, 'Your account has been deleted.')
  await arrive()
  await reads(page, 'Your account has been deleted.')
})

test('whoever has logged in again while a log-out is still on its way can log out', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  const page = await front.openAs(ann)
  await reads(page, 'No projects yet')
  const arrive = await holdLogOut(page)
  await press(page, 'Log out')
  await follow(page, 'Log in')
  await logIn(page)
  await reads(page, 'No projects yet')
  await press(page, 'Log out')
  await sees(page, 'All your projects in one place')
  await arrive()
})

/** The next log-out does not get through, until the function is called that is returned. */
async function holdLogOut(page: Page): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<void>()
  const isLogOut = (request: Request) =>
    request.method() === 'DELETE' && new URL(request.url()).pathname === '/v1/session'
  await page.route('**/v1/session', async (route) => {
    if (isLogOut(route.request())) await held.promise
    await route.continue()
  })
  return async () => {
    const answered = page.waitForResponse((response) => isLogOut(response.request()))
    held.resolve()
    await answered
    // What the page makes of it is drawn.
    await page.evaluate(() => new Promise((drawn) => setTimeout(drawn)))
  }
}

test('a double click on “Log out” logs out, and begins nothing else', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann)
  await reads(page, 'No projects yet')
  const {
    x = 0,
    y = 0,
    width = 0,
    height = 0,
  } = Object(await page.getByRole('button', { name: 'Log out' }).boundingBox())
  const at = [x + width / 2, y + height / 2] as const
  await page.mouse.click(...at)
  await sees(page, 'All your projects in one place')
  // The second comes late, when another link is there already.
  await page.mouse.move(...at)
  await page.mouse.down({ clickCount: 2 })
  await page.mouse.up({ clickCount: 2 })
  expect(new URL(page.url()).pathname).toBe('/')
  await page.mouse.click(...at)
  await sees(page, 'Sign up')
})

test('with a session in a cookie a stranger is welcomed, and told of nothing that they lost', async () => {
  const front = await openFrontEnd({ session: 'cookie' })
  front.expectFaults('401 /v1/session')
  const page = await front.open('/')
  await sees(page, 'All your projects in one place')
  await page.goto(`${front.origin}/account`)
  await sees(page, 'Log in')
  expect(await page.getByText('You were logged out').count()).toBe(0)
})

test('with a session in a cookie scripts see nothing of it, but that it is over', async () => {
  const { front, page } = await signUpWithCookie()
  expect(await kept(page)).toEqual({ local: [], session: 0, cookie: '' })
  const [cookie] = await page.context().cookies()
  expect(cookie).toMatchObject({ name: 'session', httpOnly: true, sameSite: 'Lax' })
  await page.reload()
  await reads(page, 'No projects yet')
  await press(page, 'Log out')
  await sees(page, 'All your projects in one place')
  expect(await kept(page)).toEqual({ local: ['latchkey.session'], session: 0, cookie: '' })
  expect(await page.context().cookies()).toEqual([])
  const { status } = await front.server.send('GET /v1/user', undefined, bearer(cookie?.value ?? ''))
  expect(status).toBe(401)
  const asked = front.api.requests.length
  await page.goto(`${front.origin}/account`)
  await sees(page, 'Log in')
  expect(front.api.requests).toHaveLength(asked)
  expect(await field(page, 'Password').inputValue()).toBe('')
  await logIn(page)
  await reads(page, ann.email_address)
  front.server.clock.advance({ days: 31 })
  await page.reload()
  await sees(page, 'Log in')
  expect(await kept(page)).toEqual({ local: ['latchkey.session'], session: 0, cookie: '' })
})

async function signUpWithCookie() {
  const front = await openFrontEnd({ session: 'cookie' })
  // Whether there is a cookie only the API knows, until a session has ended here.
  front.expectFaults('401 /v1/session')
  const page = await front.open('/sign-up')
  await fill(page, { 'Email address': ann.email_address, Password: ann.password })
  await press(page, 'Sign up')
  await reads(page, 'No projects yet')
  return { front, page }
}
