// What happened to an account, as a browser shows it.
import { expect, test } from 'vitest'
import { ann, signUp } from '../harness.ts'
import { openFrontEnd } from './front-end.ts'
import { press, reads, sees } from './person.ts'

test('what was done with the account is listed, newest first, in words', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  front.server.clock.advance({ seconds: 1 })
  await front.server.send('POST /v1/session', { ...ann, password: 'incorrect horse' })
  // Written a second behind its answer, which a browser is mostly slower than.
  await front.server.auth.flush()
  front.server.clock.advance({ seconds: 1 })
  const page = await front.openAs(ann, '/account/activity')
  await sees(page, 'Recent activity')
  await reads(page, 'Logged in')
  const lines = await page.getByRole('main').getByRole('listitem').allInnerTexts()
  expect(lines.map((line) => line.split('\n')[0])).toEqual([
    'Logged in',
    'Failed log-in',
    'Signed up',
  ])
  expect(lines.join()).not.toMatch(/authn_|lks_/)
})

test('of many events the newest are shown, and the rest when somebody asks for it', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  for (let each = 0; each < 55; each++) await front.server.send('POST /v1/session', ann)
  const page = await front.openAs(ann, '/account/activity')
  await reads(page, 'Logged in')
  const lines = page.getByRole('main').getByRole('listitem')
  expect(await lines.count()).toBe(50)
  await press(page, 'Show more')
  await reads(page, 'Signed up')
  expect(await lines.count()).toBe(57)
})
