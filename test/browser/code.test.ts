// The code of the pages is slow to come, or does not come.
import { expect, test } from 'vitest'
import { openFrontEnd } from './front-end.ts'
import { follow, reads, sees } from './person.ts'

test('while the code of the next page is on its way the page says so, and can be used', async () => {
  const front = await openFrontEnd()
  const page = await front.open()
  await sees(page, 'All your projects in one place')
  const line = () => page.evaluate(() => getComputedStyle(document.body, '::before').content)
  expect(await line()).toBe('none')
  const arrived = Promise.withResolvers<void>()
  await page.route('**/assets/sign-up*.js', async (route) => {
    await arrived.promise
    await route.continue()
  })
  await follow(page, 'Sign up')
  await page.waitForFunction(() => 'isWaiting' in document.body.dataset)
  expect(await line()).toBe('""')
  await follow(page, 'Log in')
  await sees(page, 'Log in')
  arrived.resolve()
  await page.waitForFunction(() => !('isWaiting' in document.body.dataset))
  await follow(page, 'Sign up')
  await sees(page, 'Sign up')
  expect(await line()).toBe('none')
})

test('a page whose scripts do not come is not blank: it says what to do', async () => {
  const front = await openFrontEnd()
  const page = await front.open()
  await sees(page, 'All your projects in one place')
  expect(await page.getByText('reload the page').count()).toBe(0)
  await page.route('**/assets/*.js', () => {})
  await page.reload({ waitUntil: 'commit' })
  await reads(page, 'If this takes long, reload the page.')
  await page.unroute('**/assets/*.js')
  await page.reload()
  await sees(page, 'All your projects in one place')
})
