// What a form of a project says when it was refused, or not answered.
import { expect, test } from 'vitest'
import { ann, bearer, signUp } from '../harness.ts'
import { openFrontEnd } from './front-end.ts'
import { field, fill, focused, hears, press, problemOf, reads } from './person.ts'

test('a project without a title says so at the title, and the rest of what was typed stays', async () => {
  const front = await openFrontEnd()
  front.expectFaults('422 /v1/projects')
  const page = await front.openAs(ann)
  await press(page, 'New project')
  await fill(page, { 'Description (optional)': 'Beds' })
  await press(page, 'Create project')
  expect(await problemOf(page, 'Title')).toBe("Title can't be blank")
  expect(await focused(page)).toBe('Title')
  expect(await field(page, 'Description (optional)').inputValue()).toBe('Beds')
  await fill(page, { Title: 'Garden' })
  await press(page, 'Create project')
  await page.getByRole('heading', { name: 'Garden' }).waitFor()
})

test('a project that was deleted elsewhere is not changed: the form says so, keeps what was typed, and lets it go', async () => {
  const front = await openFrontEnd()
  const token = await signUp(front.server)
  await front.server.send('POST /v1/projects', { title: 'Project 1' }, bearer(token))
  const page = await front.openAs(ann)
  await press(page, 'Edit Project 1')
  await front.server.database.transaction((transaction) =>
    transaction.query('DELETE FROM projects'),
  )
  await fill(page, { Title: 'Garden' })
  front.expectFaults('404 /v1/projects/:id')
  await press(page, 'Save changes')
  await hears(page, 'This no longer exists')
  expect(await field(page, 'Title').inputValue()).toBe('Garden')
  await press(page, 'Cancel')
  await press(page, 'Delete Project 1')
  await press(page, 'Delete project')
  await reads(page, 'No projects yet')
})

test('more text than can be saved is told in words, and stays', async () => {
  const front = await openFrontEnd()
  front.expectFaults('413 /v1/projects')
  const page = await front.openAs(ann)
  await press(page, 'New project')
  const description = 'x'.repeat(100_000)
  await fill(page, { Title: 'Garden', 'Description (optional)': description })
  await press(page, 'Create project')
  await hears(page, 'too long to be saved')
  expect(await field(page, 'Description (optional)').inputValue()).toBe(description)
})

test('an answer that is cut off, or another’s page, is said, and nothing of what was typed is lost', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann)
  await reads(page, 'No projects yet')
  await press(page, 'New project')
  await fill(page, { Title: 'Garden' })
  const hotel = { status: 200, contentType: 'text/html', body: '<h1>Welcome to the hotel</h1>' }
  await page.route('**/v1/projects', (route) => route.fulfill(hotel))
  await press(page, 'Create project')
  await hears(page, 'we can’t tell whether that worked')
  expect(await field(page, 'Title').inputValue()).toBe('Garden')
  // What only reads changes nothing.
  await page.route('**/v1/sessions*', (route) => route.fulfill(hotel))
  await press(page, 'Cancel')
  await page.getByRole('link', { name: 'Account' }).click()
  await page.getByRole('link', { name: 'Devices' }).click()
  await hears(page, 'The server can’t be reached')
})

test.each([
  [504, { contentType: 'text/html', body: '<h1>Gateway Timeout</h1>' }, 'we can’t tell whether'],
  [502, { contentType: 'text/html', body: '<h1>Bad Gateway</h1>' }, 'we can’t tell whether'],
  [500, { contentType: 'text/html', body: '<h1>Error</h1>' }, 'Something went wrong'],
  [503, { contentType: 'text/html', body: '<h1>Away</h1>' }, 'The server is busy'],
  [403, { json: { code: 'of_a_firewall', error: '' } }, 'Something went wrong'],
  [406, { json: { code: 'of_a_firewall', error: { rule: 7 } } }, 'Something went wrong'],
])(
  'a proxy that answers %i in place of the API is told in words',
  async (status, answer, words) => {
    const front = await openFrontEnd()
    front.expectFaults(`${status} /v1/projects`)
    const page = await front.openAs(ann)
    await press(page, 'New project')
    await fill(page, { Title: 'Garden' })
    await page.route('**/v1/projects', (route) => route.fulfill({ status, ...answer }))
    await press(page, 'Create project')
    await hears(page, words)
    expect(await field(page, 'Title').inputValue()).toBe('Garden')
  },
)

test('an answer that comes when its dialog is closed closes no other', async () => {
  const front = await openFrontEnd()
  const page = await front.openAs(ann)
  await reads(page, 'No projects yet')
  await press(page, 'New project')
  await fill(page, { Title: 'Garden' })
  front.api.hold()
  await press(page, 'Create project')
  await press(page, 'Cancel')
  await press(page, 'New project')
  await fill(page, { Title: 'Meadow' })
  front.api.mend()
  await page
    .getByRole('heading', { name: 'Garden', includeHidden: true })
    .waitFor({ state: 'attached' })
  expect(await field(page, 'Title').inputValue()).toBe('Meadow')
})
