// When something happened, and when it ends, as a browser shows it.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ann, signUp, verifyAddress } from '../harness.ts'
import { type FrontEnd, openFrontEnd } from './front-end.ts'
import { field, fill, press, problemOf, reads } from './person.ts'

/** What the first row of the page's list says. */
async function firstRow(page: Page): Promise<string> {
  const row = page.getByRole('main').getByRole('listitem').first()
  await row.waitFor()
  return row.innerText()
}

test('times are in the language of the page, whatever that of the browser is', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann, '/nowhere')
  const devTools = await page.context().newCDPSession(page)
  await devTools.send('Emulation.setLocaleOverride', { locale: 'de-DE' })
  await page.goto(`${front.origin}/account/devices`)
  expect(await firstRow(page)).toMatch(/Last used now .*Logged in now/)
  expect(await page.evaluate(() => new Intl.DateTimeFormat().resolvedOptions().locale)).toBe(
    'de-DE',
  )
})

test('what happened is not ahead, where the clock of the browser is late', async () => {
  const front = await openFrontEnd()
  front.server.clock.advance({ minutes: 10 })
  const page = await front.openAs(ann, '/account/devices')
  expect(await firstRow(page)).toMatch(/Last used now .*Logged in now/)
})

/** Asks for a key for a year, in a browser whose clock is so many hours early. */
async function askForYear(front: FrontEnd, hours: number): Promise<Page> {
  await verifyAddress(front.server, await signUp(front.server))
  const page = await front.openAs(ann, '/account/api-keys')
  await reads(page, 'No API keys yet')
  await page.evaluate((early) => {
    const { now } = Date
    Date.now = () => now() + early * 3_600_000
  }, hours)
  await press(page, 'New API key')
  await fill(page, { Name: 'Nightly build', 'Current password': ann.password })
  await field(page, 'Expires in').selectOption('a year')
  await press(page, 'Create API key')
  return page
}

test('a key for a year is made also where the clock of the browser is early, and says on which day it ends', async () => {
  const page = await askForYear(await openFrontEnd(), 1)
  await press(page, 'I’ve saved it')
  expect(await firstRow(page)).toMatch(/Expires on \w+ \d+, \d{4}/)
})

test('an end that is refused is told where it is chosen', async () => {
  const front = await openFrontEnd()
  front.expectFaults('422 /v1/api_keys')
  const page = await askForYear(front, 72)
  expect(await problemOf(page, 'Expires in')).toBe('Expires in must be within the next 365 days')
})
