// Two tabs of one browser.
import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { ann, bearer, signUp } from '../harness.ts'
import { type FrontEnd, openFrontEnd } from './front-end.ts'
import { fill, hears, logIn, logOut, press, reads, sees } from './person.ts'

const bob = { ...ann, email_address: 'bob@example.com' }

async function openTab(front: FrontEnd, beside: Page, path: string): Promise<Page> {
  const page = await beside.context().newPage()
  await page.goto(front.origin + path)
  return page
}

test.each(['token', 'cookie'] as const)(
  'with a session in a %s, whoever logs out or in does so in all tabs, without a reload',
  async (session) => {
    const front = await openFrontEnd({ session })
    // Whether there is a cookie only the API knows, until a session has ended here.
    if (session === 'cookie') front.expectFaults('401 /v1/session')
    await signUp(front.server)
    const first = await front.open('/log-in')
    const second = await openTab(front, first, '/log-in')
    await sees(second, 'Log in')
    await logIn(first)
    await reads(first, 'No projects yet')
    await reads(second, 'No projects yet')
    await second.getByRole('link', { name: 'Account' }).click()
    await reads(second, ann.email_address)
    await logOut(first)
    await sees(first, 'All your projects in one place')
    await sees(second, 'Log in')
    await reads(second, 'You were logged out')
    expect(await second.getByText(ann.email_address).count()).toBe(0)
  },
)

test('when somebody else logs in in another tab, no tab shows what was of the one before', async () => {
  const front = await openFrontEnd()
  const { body } = await front.server.send('POST /v1/registrations', ann)
  await front.server.send('POST /v1/projects', { title: 'Of Ann' }, bearer(body.token))
  await signUp(front.server, bob)
  const first = await front.openAs(ann)
  await reads(first, 'Of Ann')
  const second = await openTab(front, first, '/account')
  await reads(second, ann.email_address)
  await logOut(first)
  await sees(first, 'All your projects in one place')
  await first.goto(`${front.origin}/log-in`)
  await logIn(first, bob)
  await reads(first, 'No projects yet')
  await reads(second, bob.email_address)
  expect(await second.getByText(ann.email_address).count()).toBe(0)
})

test('a token that one tab renews is the token of the others', async () => {
  const front = await openFrontEnd()
  const first = await front.openAs(ann)
  await reads(first, 'No projects yet')
  const second = await openTab(front, first, '/account')
  await reads(second, ann.email_address)
  const old = await first.evaluate(() => localStorage.getItem('latchkey.token') ?? '')
  const { body } = await front.server.send('PUT /v1/session/token', undefined, bearer(old))
  await second.evaluate((token) => localStorage.setItem('latchkey.token', token), body.token)
  await press(first, 'New project')
  await fill(first, { Title: 'Garden' })
  await press(first, 'Create project')
  await first.getByRole('heading', { name: 'Garden' }).waitFor()
  await second.getByRole('link', { name: 'Devices' }).click()
  await reads(second, 'This device')
})

test('a form that was on its way while another tab renewed the token can be sent again', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann)
  await reads(page, 'No projects yet')
  await press(page, 'New project')
  await fill(page, { Title: 'Garden' })
  front.expectFaults('401 /v1/projects')
  front.api.hold()
  await press(page, 'Create project')
  await vi.waitFor(() => expect(front.api.requests).toContain('POST /v1/projects'))
  const old = await page.evaluate(() => localStorage.getItem('latchkey.token') ?? '')
  const { body } = await front.server.send('PUT /v1/session/token', undefined, bearer(old))
  await page.evaluate((token) => localStorage.setItem('latchkey.token', token), body.token)
  front.api.mend()
  await hears(page, 'Your log-in has ended or changed. Try again.')
  await press(page, 'Create project')
  await page.getByRole('heading', { name: 'Garden' }).waitFor()
})
