// How every page looks, to people and to programs that read it aloud: both themes, narrow and wide.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ann, bearer, signUp, verifyAddress } from '../harness.ts'
import { type FrontEnd, openFrontEnd } from './front-end.ts'
import { look } from './look.ts'
import { fill, hears, logIn, press, problemOf, reads, sees } from './person.ts'

test.each([
  ['before anybody has logged in', guestPages],
  ['behind links of mails', linkPages],
  ['of somebody who is logged in', userPages],
  ['above the others', dialogs],
])(
  'the pages %s fit, and can be read and heard, in both themes at every width',
  async (_which, walk) => {
    // What moves when a window is drawn smaller is meant to: stillness.test.ts has the rest.
    const front = await openFrontEnd({ shifts: 'ignored' })
    const faults: string[] = []
    await walk(front, async (page, name) => {
      faults.push(...(await look(page, name)))
    })
    expect(faults).toEqual([])
  },
  60_000,
)

type Look = (page: Page, name: string) => Promise<void>

async function guestPages(front: FrontEnd, see: Look): Promise<void> {
  front.expectFaults('401 /v1/session', '422 /v1/registrations')
  await signUp(front.server)
  const page = await front.open()
  await sees(page, 'All your projects in one place')
  await see(page, 'welcome')
  await page.goto(`${front.origin}/nowhere`)
  await sees(page, 'Page not found')
  await see(page, 'not-found')
  await page.goto(`${front.origin}/log-in`)
  await see(page, 'log-in')
  await logIn(page, { ...ann, password: 'incorrect horse' })
  await hears(page, /./)
  await see(page, 'log-in-refused')
  await page.goto(`${front.origin}/sign-up`)
  await sees(page, 'Sign up')
  await see(page, 'sign-up')
  await fill(page, { 'Email address': 'ann', Password: 'short' })
  await press(page, 'Sign up')
  await problemOf(page, 'Password')
  await see(page, 'sign-up-refused')
  await page.goto(`${front.origin}/forgot-password`)
  await sees(page, 'Forgot your password?')
  await see(page, 'forgot-password')
  await fill(page, { 'Email address': ann.email_address })
  await press(page, 'Send link')
  await sees(page, 'Check your email')
  await see(page, 'forgot-password-sent')
}

async function linkPages(front: FrontEnd, see: Look): Promise<void> {
  front.expectFaults('401 /v1/passwords', '401 /v1/email_verifications')
  const page = await front.open('/reset-password')
  await sees(page, 'Open the link in your email')
  await see(page, 'reset-password-without-link')
  await page.goto(`${front.origin}/reset-password#lkr_dead`)
  await sees(page, 'Choose a new password')
  await see(page, 'reset-password')
  await fill(page, { 'New password': 'staple battery correct' })
  await press(page, 'Save new password')
  await sees(page, 'This link no longer works')
  await see(page, 'reset-password-dead')
  await page.goto(`${front.origin}/verify-email`)
  await sees(page, 'Open the link in your email')
  await see(page, 'verify-email-without-link')
  await page.goto(`${front.origin}/verify-email#lkv_dead`)
  await fill(page, { Password: ann.password })
  await see(page, 'verify-email')
  await press(page, 'Confirm')
  await sees(page, 'This link no longer works')
  await see(page, 'verify-email-dead')
}

async function userPages(front: FrontEnd, see: Look): Promise<void> {
  front.expectFaults('net::ERR_EMPTY_RESPONSE /v1/session')
  const page = await front.openAs(ann)
  await reads(page, 'No projects yet')
  await see(page, 'projects-none')
  const token = await page.evaluate(() => localStorage.getItem('latchkey.token') ?? '')
  const project = {
    title: `Garden ${'very long '.repeat(12)}${'x'.repeat(70)}`,
    description: 'Beds\nand a pond',
  }
  await front.server.send('POST /v1/projects', project, bearer(token))
  await page.reload()
  await reads(page, 'and a pond')
  await see(page, 'projects')
  await page.goto(`${front.origin}/account`)
  await reads(page, ann.email_address)
  await see(page, 'account')
  await page.goto(`${front.origin}/account/devices`)
  await reads(page, 'This device')
  await see(page, 'devices')
  await page.goto(`${front.origin}/account/api-keys`)
  await reads(page, 'No API keys yet')
  await see(page, 'api-keys-unconfirmed')
  await page.goto(`${front.origin}/account/activity`)
  await reads(page, 'Signed up')
  await see(page, 'activity')
  front.api.hold()
  await page.reload()
  await page.getByRole('status').filter({ hasText: 'Loading' }).waitFor()
  await see(page, 'loading')
  front.api.cut()
  await page.reload()
  await hears(page, 'The server can’t be reached')
  await see(page, 'unreachable')
}

async function dialogs(front: FrontEnd, see: Look): Promise<void> {
  front.expectFaults('422 /v1/projects')
  const token = await signUp(front.server)
  await verifyAddress(front.server, token)
  await front.server.send('POST /v1/projects', { title: 'Garden' }, bearer(token))
  const page = await front.openAs(ann)
  await press(page, 'New project')
  await press(page, 'Create project')
  await problemOf(page, 'Title')
  await see(page, 'project-refused')
  await press(page, 'Cancel')
  await press(page, 'Delete Garden')
  await see(page, 'project-deletion')
  await page.goto(`${front.origin}/account`)
  await press(page, 'Change email address')
  await see(page, 'account-email-address')
  await press(page, 'Cancel')
  await press(page, 'Change password')
  await see(page, 'account-password')
  await press(page, 'Cancel')
  await press(page, 'Delete account')
  await see(page, 'account-deletion')
  await page.goto(`${front.origin}/account/devices`)
  await press(page, 'Log out all others')
  await see(page, 'devices-deletion')
  await page.goto(`${front.origin}/account/api-keys`)
  await press(page, 'New API key')
  await see(page, 'api-key-new')
  await fill(page, { Name: 'Nightly build', 'Current password': ann.password })
  await press(page, 'Create API key')
  await reads(page, 'Copy it now')
  // A token of a test is no secret.
  await see(page, 'api-key-token')
  await press(page, 'I’ve saved it')
  await page.getByRole('heading', { name: 'Nightly build' }).waitFor()
  await see(page, 'api-keys')
}
