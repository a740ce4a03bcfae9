// The link that proves an address, in a browser.
import { expect, test } from 'vitest'
import { ann, bearer, signUp } from '../harness.ts'
import { type FrontEnd, openFrontEnd } from './front-end.ts'
import { fill, follow, kept, press, problemOf, reads, sees } from './person.ts'

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
