// The projects of somebody, in a browser.
import type { Locator, Page, Route } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { ann, bearer, signUp } from '../harness.ts'
import { type FrontEnd, openFrontEnd } from './front-end.ts'
import { field, fill, focused, press, reads } from './person.ts'

/** What is in the list of the page. */
function titles(page: Page): Promise<string[]> {
  return page.getByRole('main').getByRole('listitem').getByRole('heading').allInnerTexts()
}

async function create(page: Page, title: string, description = ''): Promise<void> {
  await press(page, 'New project')
  await fill(page, { Title: title, 'Description (optional)': description })
  await press(page, 'Create project')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('heading', { name: title }).waitFor()
}

/** Somebody who has so many projects. */
async function withProjects({ server }: FrontEnd, count: number): Promise<void> {
  const token = await signUp(server)
  for (let each = 1; each <= count; each++) {
    const project = { title: `Project ${each}` }
    await server.send('POST /v1/projects', project, bearer(token))
  }
}

test('a project is created, changed, and deleted when that is confirmed', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann)
  await reads(page, 'No projects yet')
  await create(page, 'Garden', 'Beds,\nand a pond')
  await reads(page, 'and a pond')
  await create(page, '<b>Kitchen</b>')
  await press(page, 'Edit Garden')
  expect(await field(page, 'Description (optional)').inputValue()).toBe('Beds,\nand a pond')
  await fill(page, { Title: 'Meadow', 'Description (optional)': '' })
  await press(page, 'Save changes')
  await page.getByRole('heading', { name: 'Meadow' }).waitFor()
  expect(await titles(page)).toEqual(['Meadow', '<b>Kitchen</b>'])
  await press(page, 'Delete Meadow')
  await press(page, 'Cancel')
  expect(await titles(page)).toEqual(['Meadow', '<b>Kitchen</b>'])
  await press(page, 'Delete Meadow')
  await press(page, 'Delete project')
  await page.getByRole('heading', { name: 'Meadow' }).waitFor({ state: 'detached' })
  await page.reload()
  await page.getByRole('heading', { name: 'Kitchen' }).waitFor()
  expect(await titles(page)).toEqual(['<b>Kitchen</b>'])
})

test('whoever leaves a form by going back finds what they typed, and is told of no log-out', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann, '/account')
  await page.getByRole('link', { name: 'Projects' }).first().click()
  await press(page, 'New project')
  await fill(page, { Title: 'Garden' })
  await page.goBack()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.goForward()
  await reads(page, 'This has not been saved yet.')
  expect(await field(page, 'Title').inputValue()).toBe('Garden')
  expect(await page.getByText('logged out').count()).toBe(0)
  await press(page, 'Cancel')
  await press(page, 'New project')
  expect(await field(page, 'Title').inputValue()).toBe('')
})

test('of many projects the first are shown, and the rest when somebody asks for it', async () => {
  const front = await openFrontEnd()
  await withProjects(front, 21)
  const page = await front.openAs(ann)
  await page.getByRole('heading', { name: 'Project 20' }).waitFor()
  expect(await titles(page)).toHaveLength(20)
  await press(page, 'Show more')
  await page.getByRole('heading', { name: 'Project 21' }).waitFor()
  const all = await titles(page)
  expect(new Set(all).size).toBe(21)
  expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0)
})

test('whoever deletes one of many projects is at the next one, and the list stays where it is', async () => {
  const front = await openFrontEnd()
  await withProjects(front, 18)
  const page = await front.openAs(ann)
  await page.getByRole('heading', { name: 'Project 18' }).scrollIntoViewIfNeeded()
  const where = () => page.evaluate(() => scrollY)
  for (const [gone, next] of [
    ['Project 16', 'Project 17'],
    ['Project 18', 'Project 17'],
  ] as const) {
    await press(page, `Delete ${gone}`)
    await press(page, 'Delete project')
    await page.getByRole('heading', { name: gone }).waitFor({ state: 'detached' })
    await vi.waitFor(async () => expect(await focused(page)).toContain(next))
    expect(await where()).toBeGreaterThan(300)
  }
})

test('a project that is created before the list is there is in it', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann, '/account')
  await reads(page, ann.email_address)
  const late = Promise.withResolvers<void>()
  const answerLate = async (route: Route) => {
    const response = await route.fetch()
    await late.promise
    await route.fulfill({ response })
  }
  await page.route('**/v1/projects?*', answerLate, { times: 1 })
  await page.getByRole('link', { name: 'Projects' }).first().click()
  await press(page, 'New project')
  await fill(page, { Title: 'Garden' })
  await press(page, 'Create project')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  late.resolve()
  await page.getByRole('heading', { name: 'Garden' }).waitFor()
})

test('on a narrow screen a double click on “Delete” asks first, although the button of the dialog is there too', async () => {
  const front = await openFrontEnd()
  await withProjects(front, 1)
  const page = await front.openAs(ann)
  await page.setViewportSize({ width: 320, height: 568 })
  const row = await boxOf(page.getByRole('button', { name: 'Delete Project 1' }))
  await press(page, 'Delete Project 1')
  const submit = page.getByRole('button', { name: 'Delete project', exact: true })
  const over = await boxOf(submit)
  await page.keyboard.press('Escape')
  await submit.waitFor({ state: 'detached' })
  const at = [Math.max(row.x, over.x) + 2, Math.max(row.y, over.y) + 2] as const
  expect(at[0]).toBeLessThan(Math.min(row.x + row.width, over.x + over.width))
  expect(at[1]).toBeLessThan(Math.min(row.y + row.height, over.y + over.height))
  await page.mouse.dblclick(...at)
  await submit.waitFor()
  await page.evaluate(() => new Promise(requestAnimationFrame))
  expect(front.api.requests.filter((line) => line.startsWith('DELETE'))).toEqual([])
  await submit.click()
  await reads(page, 'No projects yet')
})

async function boxOf(button: Locator) {
  const { x = 0, y = 0, width = 0, height = 0 } = Object(await button.boundingBox())
  return { x, y, width, height }
}

test('the projects of somebody else are not shown', async () => {
  const front = await openFrontEnd()
  await withProjects(front, 2)
  const bob = { ...ann, email_address: 'bob@example.com' }
  await signUp(front.server, bob)
  const page = await front.openAs(bob)
  await reads(page, 'No projects yet')
  expect(await page.getByText('Project 1').count()).toBe(0)
})
