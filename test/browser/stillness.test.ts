// What is on a page stays where it is while the rest comes: judged, as in every test with a front end,
// when the test is over.
import { test } from 'vitest'
import { ann, bearer, signUp } from '../harness.ts'
import { type FrontEnd, openFrontEnd } from './front-end.ts'
import { fill, follow, logIn, press, reads, sees } from './person.ts'

const widths = [360, 768, 1440]

async function withProjects({ server }: FrontEnd): Promise<void> {
  const token = await signUp(server)
  for (let each = 1; each <= 8; each++) {
    const project = { title: `Project ${each}`, description: 'Beds\nand a pond' }
    await server.send('POST /v1/projects', project, bearer(token))
  }
}

const pages = [
  ['/', 'Project 8'],
  ['/account', ann.email_address],
  ['/account/devices', 'This device'],
  ['/account/api-keys', 'No API keys yet'],
  ['/account/activity', 'Signed up'],
] as const

test.each(widths)(
  'at %i nothing moves by itself on a page that waits for its answers',
  async (width) => {
    const front = await openFrontEnd()
    await withProjects(front)
    const page = await front.openAs(ann, '/nowhere')
    await page.setViewportSize({ width, height: 800 })
    for (const [path, there] of pages) {
      front.api.hold()
      await page.goto(front.origin + path)
      await page.getByRole('status').filter({ hasText: 'Loading' }).waitFor()
      front.api.mend()
      await reads(page, there)
    }
    for (const path of [
      '/nowhere',
      '/forgot-password',
      '/reset-password#lkr_dead',
      '/verify-email#lkv_dead',
    ]) {
      await page.goto(front.origin + path)
      await page.getByRole('heading', { level: 1 }).waitFor()
    }
  },
)

test.each(widths)('at %i nothing moves by itself on the way through all pages', async (width) => {
  const front = await openFrontEnd()
  await withProjects(front)
  const page = await front.open('/nowhere')
  await page.setViewportSize({ width, height: 800 })
  await page.goto(front.origin)
  await follow(page, 'Sign up')
  await sees(page, 'Sign up')
  await page.getByRole('main').getByRole('link', { name: 'Log in' }).click()
  await sees(page, 'Log in')
  await logIn(page)
  await reads(page, 'Project 8')
  await follow(page, 'Account')
  await reads(page, ann.email_address)
  for (const [name, there] of [
    ['Devices', 'This device'],
    ['API keys', 'No API keys yet'],
    ['Activity', 'Signed up'],
    ['Projects', 'Project 8'],
  ] as const) {
    await follow(page, name)
    await reads(page, there)
  }
  await press(page, 'New project')
  await fill(page, { Title: 'Garden' })
  await press(page, 'Create project')
  await reads(page, 'Garden')
  await press(page, 'Log out')
  await sees(page, 'All your projects in one place')
})
