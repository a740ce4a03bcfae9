// When something happened, and when it ends, as a browser shows it.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ann } from '../harness.ts'
import { openFrontEnd } from './front-end.ts'

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
