// The link that proves an address, in a browser.
import { expect, test } from 'vitest'
import { ann, bearer, signUp } from '../harness.ts'
import { type FrontEnd, openFrontEnd } from './front-end.ts'
import { fill, follow, hears, kept, press, problemOf, reads, sees } from './person.ts'

async function userIdOf({ server }: FrontEnd, token: string): Promise<string> {
  return (await server.send('GET /v1/user', undefined, bearer(token))).body.user.id
}

/** Whether the user of a token has proved their address. */
async function isProved({ server }: FrontEnd, token: string): Promise<boolean> {
  return (await server.send('GET /v1/user', undefined, bearer(token))).body.user.email_verified
}

test('whoever is logged in confirms with one click, and not by looking at the link', async () => {
  const front = await openFrontEnd()
  const token = await signUp(front.server)
  const page = await front.openAs(ann, '/account')
  await reads(page, 'Not confirmed')
  await press(page, 'Send confirmation email')
  await reads(page, 'We’ve sent an email')
  await page.goto(await front.link())
  await sees(page, 'Confirm your email address')
  expect(page.url()).toBe(`${front.origin}/verify-email`)
  expect(await isProved(front, token)).toBe(false)
  await press(page, 'Confirm')
  await sees(page, 'Your email address is confirmed')
  expect(await isProved(front, token)).toBe(true)
  await page.goto(`${front.origin}/account`)
  await page.getByText('Confirmed', { exact: true }).waitFor()
})

test('whoever is not logged in is asked for the password, at once and without a request', async () => {
  const front = await openFrontEnd()
  const token = await signUp(front.server)
  front.expectFaults('422 /v1/email_verifications')
  await front.server.send('POST /v1/email_verifications', undefined, bearer(token))
  const page = await front.open()
  await page.goto(await front.link())
  await fill(page, { Password: 'incorrect horse' })
  expect(front.api.requests).toEqual([])
  await press(page, 'Confirm')
  expect(await problemOf(page, 'Password')).toBe('Password is invalid')
  expect(await isProved(front, token)).toBe(false)
  await fill(page, { Password: ann.password })
  await press(page, 'Confirm')
  await sees(page, 'Your email address is confirmed')
  expect(await isProved(front, token)).toBe(true)
  expect(await kept(page)).toEqual({ local: [], session: 0, cookie: '' })
})

test('whoever is logged in is asked for no password, also while that is not known yet', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann)
  await reads(page, 'No projects yet')
  front.api.hold()
  await page.goto(`${front.origin}/verify-email#lkv_good`)
  await sees(page, 'Confirm your email address')
  await reads(page, 'Loading')
  expect(await page.getByLabel('Password', { exact: true }).count()).toBe(0)
  front.api.mend()
  await page.getByRole('button', { name: 'Confirm' }).waitFor()
  expect(await page.getByLabel('Password', { exact: true }).count()).toBe(0)
})

test('a link that was used says so, and leads to where there is another', async () => {
  const front = await openFrontEnd()
  front.expectFaults('401 /v1/email_verifications')
  const token = await signUp(front.server)
  await front.server.send('POST /v1/email_verifications', undefined, bearer(token))
  const page = await front.openAs(ann)
  const link = await front.link()
  await page.goto(link)
  await press(page, 'Confirm')
  await sees(page, 'Your email address is confirmed')
  await page.goto('about:blank')
  await page.goto(link)
  await press(page, 'Confirm')
  await sees(page, 'This link no longer works')
  await follow(page, 'Go to your account')
  await sees(page, 'Account')
})

test('whoever confirms too late to have an account hears that they can sign up again', async () => {
  const front = await openFrontEnd({ signUp: 'confirm' })
  front.expectFaults('401 /v1/email_verifications')
  const { server } = front
  await server.send('POST /v1/registrations', ann)
  const link = await front.link()
  server.clock.advance({ days: 2 })
  const page = await front.open()
  await page.goto(link)
  await fill(page, { Password: ann.password })
  await press(page, 'Confirm')
  await sees(page, 'This link no longer works')
  await reads(page, 'or sign up again if you can’t log in yet')
  await follow(page, 'Sign up')
  await sees(page, 'Sign up')
})

test('whoever is asked for a password that they forgot gets to another one from there', async () => {
  const front = await openFrontEnd()
  const page = await front.open('/verify-email#lkv_good')
  await follow(page, 'Forgot your password?')
  await sees(page, 'Forgot your password?')
})

test('whoever opens a good link where a dead one was tried confirms with it', async () => {
  const front = await openFrontEnd()
  front.expectFaults('401 /v1/email_verifications')
  const token = await signUp(front.server)
  await front.server.send('POST /v1/email_verifications', undefined, bearer(token))
  const link = await front.link()
  const page = await front.openAs(ann, '/verify-email#lkv_dead')
  await press(page, 'Confirm')
  await sees(page, 'This link no longer works')
  await page.evaluate((hash) => location.assign(hash), new URL(link).hash)
  await press(page, 'Confirm')
  await sees(page, 'Your email address is confirmed')
})

test('whoever was logged out meanwhile is told so, and confirms with the password: the link is good', async () => {
  const front = await openFrontEnd()
  front.expectFaults('401 /v1/email_verifications')
  const { server } = front
  const token = await signUp(server)
  await server.send('POST /v1/email_verifications', undefined, bearer(token))
  const page = await front.openAs(ann)
  await reads(page, 'No projects yet')
  await page.goto(await front.link())
  await page.getByRole('button', { name: 'Confirm' }).waitFor()
  await server.auth.revokeSessions(await userIdOf(front, token))
  await press(page, 'Confirm')
  await hears(page, 'Your log-in has ended or changed')
  await reads(page, 'You’re not logged in here')
  await fill(page, { Password: ann.password })
  await press(page, 'Confirm')
  await sees(page, 'Your email address is confirmed')
})

test('where it cannot be found out who is logged in, that is said, and the link is kept for the next try', async () => {
  const front = await openFrontEnd()
  front.expectFaults('net::ERR_EMPTY_RESPONSE /v1/session')
  const token = await signUp(front.server)
  await front.server.send('POST /v1/email_verifications', undefined, bearer(token))
  const link = await front.link()
  const page = await front.openAs(ann)
  await reads(page, 'No projects yet')
  front.api.cut()
  await page.goto(link)
  await hears(page, 'The server can’t be reached')
  expect(await page.getByLabel('Password', { exact: true }).count()).toBe(0)
  front.api.mend()
  await press(page, 'Try again')
  await press(page, 'Confirm')
  await sees(page, 'Your email address is confirmed')
})

test('the link of somebody else asks for their password, and leaves whoever is logged in where they are', async () => {
  const front = await openFrontEnd()
  front.expectFaults('422 /v1/email_verifications')
  const token = await signUp(front.server)
  await front.server.send('POST /v1/email_verifications', undefined, bearer(token))
  const link = await front.link()
  const page = await front.openAs({ ...ann, email_address: 'bob@example.com' }, '/verify-email')
  await page.goto('about:blank')
  await page.goto(link)
  await press(page, 'Confirm')
  await reads(page, 'This link is for another account')
  await fill(page, { Password: ann.password })
  await press(page, 'Confirm')
  await sees(page, 'Your email address is confirmed')
  await reads(page, ann.email_address)
  expect(await isProved(front, token)).toBe(true)
  await page.goto(`${front.origin}/account`)
  await reads(page, 'bob@example.com')
  await reads(page, 'Not confirmed')
})
