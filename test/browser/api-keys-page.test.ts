// API keys, in a browser.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ann, bearer, signUp, verifyAddress } from '../harness.ts'
import { type FrontEnd, openFrontEnd } from './front-end.ts'
import { field, fill, press, problemOf, reads, sees } from './person.ts'

async function openAsProved(front: FrontEnd): Promise<Page> {
  await verifyAddress(front.server, await signUp(front.server))
  const page = await front.openAs(ann, '/account/api-keys')
  await reads(page, 'No API keys yet')
  return page
}

test('whoever has not confirmed their address makes no key before they have', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann, '/account/api-keys')
  await reads(page, 'No API keys yet')
  expect(await page.getByRole('button', { name: 'New API key' }).count()).toBe(0)
  await press(page, 'Send confirmation email')
  await reads(page, 'We’ve sent an email')
  const link = await front.link()
  await page.goto(link)
  await press(page, 'Confirm')
  await sees(page, 'Your email address is confirmed')
  await page.goto(`${front.origin}/account/api-keys`)
  await page.getByRole('button', { name: 'New API key' }).waitFor()
})

test('a key says what is missing, is shown this once, can be copied, works as far as it may, and ends', async () => {
  const front = await openFrontEnd()
  const page = await openAsProved(front)
  front.expectFaults('422 /v1/api_keys')
  await press(page, 'New API key')
  await press(page, 'Create API key')
  await problemOf(page, 'Current password')
  await fill(page, { 'Current password': ann.password })
  await press(page, 'Create API key')
  expect(await problemOf(page, 'Name')).toBe("Name can't be blank")
  await fill(page, { Name: 'Nightly build' })
  await page.getByLabel('See your projects').uncheck()
  await press(page, 'Create API key')
  await page.locator('fieldset .problem').waitFor()
  await page.getByLabel('See your projects').check()
  await field(page, 'Expires in').selectOption('30 days')
  await press(page, 'Create API key')

  const dialog = page.getByRole('dialog', { name: 'API key created' })
  const token = await dialog.getByText(/^lkk_/).innerText()
  await press(page, 'Copy')
  await reads(page, 'Copied to the clipboard')
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token)
  const { server } = front
  expect((await server.send('GET /v1/projects', undefined, bearer(token))).status).toBe(200)
  const written = await server.send('POST /v1/projects', { title: 'Garden' }, bearer(token))
  expect(written.status).toBe(403)

  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  expect(await dialog.isVisible()).toBe(true)
  await press(page, 'I’ve saved it')
  await dialog.waitFor({ state: 'detached' })
  const [kept] = (await listed(front)).body.api_keys
  const days = (Date.parse(kept.expires_at) - server.clock().getTime()) / 86_400_000
  expect([kept.scopes, Math.round(days)]).toEqual([['projects:read'], 30])
  await page.reload()
  await page.getByRole('heading', { name: 'Nightly build' }).waitFor()
  expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain(token)

  await press(page, 'Revoke Nightly build')
  await press(page, 'Revoke API key')
  await reads(page, 'No API keys yet')
  expect((await server.send('GET /v1/projects', undefined, bearer(token))).status).toBe(401)
})

async function listed({ server }: FrontEnd) {
  const { body } = await server.send('POST /v1/session', ann)
  return server.send('GET /v1/api_keys', undefined, bearer(body.token))
}

test('the form is gone when it is left, with nothing made', async () => {
  const front = await openFrontEnd()
  const page = await openAsProved(front)
  await press(page, 'New API key')
  await fill(page, { Name: 'Nightly build', 'Current password': ann.password })
  await press(page, 'Cancel')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await press(page, 'New API key')
  expect(await field(page, 'Name').inputValue()).toBe('')
  expect(await field(page, 'Current password').inputValue()).toBe('')
  expect((await listed(front)).body.api_keys).toEqual([])
})
