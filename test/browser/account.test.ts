// Somebody changes, in a browser, with what they log in, or ends the account.
import { expect, test } from 'vitest'
import { ann, bearer, signUp } from '../harness.ts'
import { type FrontEnd, openFrontEnd } from './front-end.ts'
import { field, fill, focused, kept, logIn, press, problemOf, reads, sees } from './person.ts'

const password = 'staple battery correct'

test('a new password ends every other device, and this one stays logged in', async () => {
  const front = await openFrontEnd()
  const elsewhere = await signUp(front.server)
  const page = await front.openAs(ann, '/account')
  front.expectFaults('422 /v1/password')
  await press(page, 'Change password')
  await fill(page, { 'Current password': 'incorrect horse', 'New password': password })
  await press(page, 'Save new password')
  expect(await problemOf(page, 'Current password')).toMatch(/is invalid$/)
  expect(await focused(page)).toBe('Current password')
  await fill(page, { 'Current password': ann.password })
  await press(page, 'Save new password')
  await reads(page, 'Your other devices have been logged out')
  const { status } = await front.server.send('GET /v1/user', undefined, bearer(elsewhere))
  expect(status).toBe(401)
  await page.reload()
  await reads(page, ann.email_address)
  const { status: anew } = await front.server.send('POST /v1/session', { ...ann, password })
  expect(anew).toBe(200)
})

test('a new address is written when the link in its mail is opened, and not before', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann, '/account')
  await press(page, 'Change email address')
  await fill(page, { 'New email address': 'ann@example.org', 'Current password': ann.password })
  await press(page, 'Send link')
  await reads(page, 'Your email address changes once you open the link')
  await page.reload()
  await reads(page, ann.email_address)
  await page.goto(await linkTo('ann@example.org', front))
  await press(page, 'Confirm')
  await sees(page, 'Your email address is confirmed')
  await page.getByRole('link', { name: 'Account' }).click()
  await reads(page, 'ann@example.org')
})

test('whoever opens the link in another tab finds the new address when they come back', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann, '/account')
  await press(page, 'Change email address')
  await fill(page, { 'New email address': 'ann@example.org', 'Current password': ann.password })
  await press(page, 'Send link')
  await reads(page, 'Your email address changes once you open the link')
  const other = await page.context().newPage()
  await other.goto(await linkTo('ann@example.org', front))
  await press(other, 'Confirm')
  await sees(other, 'Your email address is confirmed')
  await page.bringToFront()
  // A browser without a window gives every tab the focus.
  await page.evaluate(() => dispatchEvent(new Event('focus')))
  await reads(page, 'Your email address has been changed')
  await reads(page, 'ann@example.org')
})

test('whoever comes back many times at once is asked about once', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann, '/account')
  await page.getByRole('button', { name: 'Send confirmation email' }).waitFor()
  const before = front.api.requests.length
  await page.evaluate(() => {
    for (let time = 0; time < 30; time++) dispatchEvent(new Event('focus'))
  })
  // Whatever had been asked would have come before this.
  await page.getByRole('link', { name: 'Activity' }).click()
  await reads(page, 'Signed up')
  expect(front.api.requests.slice(before)).toEqual(['GET /v1/session', 'GET /v1/events'])
})

/** The link in the mail to an address; what is newest may have gone to another. */
async function linkTo(address: string, { origin, server }: FrontEnd): Promise<string> {
  await server.outbox.deliverDue()
  const mail = server.mailbox.mails.find(({ to }) => String(to).includes(address))
  const [, hash = ''] = /(#lkv_\w+)/.exec(mail?.text ?? '') ?? []
  return `${origin}/verify-email${hash}`
}

test('whoever deletes the account confirms it by their password, and nothing is left', async () => {
  const front = await openFrontEnd()
  const token = await signUp(front.server)
  front.expectFaults('422 /v1/user', '401 /v1/session')
  const page = await front.openAs(ann, '/account')
  await press(page, 'Delete account')
  await fill(page, { 'Current password': 'incorrect horse' })
  await press(page, 'Delete my account')
  expect(await problemOf(page, 'Current password')).toMatch(/is invalid$/)
  await fill(page, { 'Current password': ann.password })
  await press(page, 'Delete my account')
  await reads(page, 'Your account has been deleted')
  expect(await kept(page)).toEqual({ local: [], session: 0, cookie: '' })
  expect((await front.server.send('GET /v1/user', undefined, bearer(token))).status).toBe(401)
  await page.goto(`${front.origin}/log-in`)
  await logIn(page)
  await reads(page, 'Invalid email address or password')
})

test('a dialog keeps the focus, is left by Escape with nothing done, and gives the focus back', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann, '/account')
  const button = page.getByRole('button', { name: 'Delete account' })
  await button.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Delete your account?' })
  await dialog.waitFor()
  for (let stop = 0; stop < 8; stop++) {
    await page.keyboard.press('Tab')
    const isInside = await page.evaluate(() => {
      const { activeElement } = document
      // Between the last and the first a browser's own bars have their turn.
      return activeElement === document.body || activeElement?.closest('dialog') !== null
    })
    expect(isInside).toBe(true)
  }
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  expect(await focused(page)).toBe('Delete account')
  expect(front.api.requests.filter((line) => line.startsWith('DELETE'))).toEqual([])
  await button.press('Enter')
  await dialog.waitFor()
})

test('every form with a password says to a manager of passwords whose it is, and which is the new one', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann, '/account')
  await reads(page, ann.email_address)
  for (const button of ['Change email address', 'Change password', 'Delete account']) {
    await press(page, button)
    const form = page.getByRole('dialog').locator('form')
    const username = form.locator('input[autocomplete=username]')
    expect([button, await username.inputValue()]).toEqual([button, ann.email_address])
    expect(await username.isVisible()).toBe(false)
    const current = field(page, 'Current password')
    expect(await current.getAttribute('autocomplete')).toBe('current-password')
    const fresh = form.locator('[autocomplete=new-password]')
    expect(await fresh.count()).toBe(button === 'Change password' ? 1 : 0)
    expect(await page.locator('[maxlength], [autocomplete=off]').count()).toBe(0)
    await press(page, 'Cancel')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
})
