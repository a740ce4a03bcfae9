// The API has done what it was asked, but a proxy answers in its place that it got no answer.
import type { Page, Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { ann, signUp } from '../harness.ts'
import { type FrontEnd, openFrontEnd } from './front-end.ts'
import { fill, follow, hears, logIn, press, reads, sees } from './person.ts'

const password = 'staple battery correct'

// The answer takes a way round, and may come so late that what moves for its words counts as moved by itself.
const slow = { shifts: 'ignored' } as const

/** Loses the answers to whatever writes at a path, until the function is called that is returned. */
async function loseAnswers(page: Page, front: FrontEnd, path: string) {
  const url = front.api.origin + path
  front.expectFaults(`502 ${path}`)
  const lose = async (route: Route) => {
    if (route.request().method() === 'GET') return route.fallback()
    await route.fetch()
    const headers = { 'access-control-allow-origin': front.origin }
    await route.fulfill({ status: 502, headers, contentType: 'text/html', body: 'Bad Gateway' })
  }
  await page.route(url, lose)
  return () => page.unroute(url, lose)
}

test('whoever does not know whether they have signed up tries to log in, and is in', async () => {
  const front = await openFrontEnd(slow)
  const page = await front.open('/sign-up')
  await loseAnswers(page, front, '/v1/registrations')
  await fill(page, { 'Email address': ann.email_address, Password: ann.password })
  await press(page, 'Sign up')
  expect(await hears(page, 'we can’t tell whether that worked')).toContain('then try to log in')
  await page.getByRole('main').getByRole('link', { name: 'Log in' }).click()
  // Until its code is there, the fields of the page before are filled in.
  await sees(page, 'Log in')
  await logIn(page)
  await reads(page, 'No projects yet')
})

test('whoever does not know whether they have logged in tries again', async () => {
  const front = await openFrontEnd(slow)
  await signUp(front.server)
  const page = await front.open('/log-in')
  const mend = await loseAnswers(page, front, '/v1/session')
  await logIn(page)
  expect(await hears(page, 'we can’t tell whether that worked')).toContain('then try again')
  await mend()
  await press(page, 'Log in')
  await reads(page, 'No projects yet')
})

test('whoever does not know whether a new password was saved tries to log in with it, also where the link is dead', async () => {
  const front = await openFrontEnd(slow)
  await signUp(front.server)
  await front.server.send('POST /v1/passwords', { email_address: ann.email_address })
  const page = await front.open(`/${(await front.link()).replace(/^.*?(?=reset-password#)/, '')}`)
  const mend = await loseAnswers(page, front, '/v1/passwords')
  await fill(page, { 'New password': password })
  await press(page, 'Save new password')
  const said = await hears(page, 'we can’t tell whether that worked')
  expect(said).toContain('then try to log in with the new password')
  await mend()
  front.expectFaults('401 /v1/passwords')
  await press(page, 'Save new password')
  await sees(page, 'This link no longer works')
  await reads(page, 'If you have already chosen a new password, log in with it')
  await follow(page, 'Log in')
  await logIn(page, { ...ann, password })
  await reads(page, 'No projects yet')
})

test.each([
  ['a new password', '/v1/password', 'Change password', 'Save new password', 'under Activity'],
  ['a new address', '/v1/user', 'Change email address', 'Send link', 'look for our email'],
  ['a deletion', '/v1/user', 'Delete account', 'Delete my account', 'if you’re logged out then'],
  ['a mail', '/v1/email_verifications', '', 'Send confirmation email', 'look for our email'],
])(
  'whoever does not know what became of %s hears where that can be seen',
  async (_what, path, dialog, submit, where) => {
    const front = await openFrontEnd(slow)
    const page = await front.openAs(ann, '/account')
    await reads(page, ann.email_address)
    await loseAnswers(page, front, path)
    if (dialog) {
      await press(page, dialog)
      await fill(page, { 'Current password': ann.password })
      if (path === '/v1/password') await fill(page, { 'New password': password })
      if (submit === 'Send link') await fill(page, { 'New email address': 'ann@example.org' })
    }
    await press(page, submit)
    expect(await hears(page, 'we can’t tell whether that worked')).toContain(where)
  },
)
