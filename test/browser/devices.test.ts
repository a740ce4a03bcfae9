// The devices of somebody, in a browser.
import type { Page, Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { ann, bearer, signUp } from '../harness.ts'
import { type FrontEnd, openFrontEnd } from './front-end.ts'
import { fill, logIn, press, problemOf, reads, sees } from './person.ts'

const devices = (page: Page) => page.getByRole('main').getByRole('listitem')

async function logOutOthers(page: Page): Promise<void> {
  await press(page, 'Log out all others')
  await page.getByRole('dialog').waitFor()
  await press(page, 'Log out all others')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Log out all others' }).waitFor({ state: 'detached' })
}

/** A device beside the browser, with a name. */
async function logInElsewhere({ server }: FrontEnd, name: string): Promise<string> {
  const { body } = await server.send('POST /v1/session', ann)
  const shown = await server.send('GET /v1/session', undefined, bearer(body.token))
  const path = `/v1/sessions/${shown.body.session.id}`
  await server.send(`PATCH ${path}`, { name }, bearer(body.token))
  return body.token
}

async function isAlive({ server }: FrontEnd, token: string): Promise<boolean> {
  return (await server.send('GET /v1/user', undefined, bearer(token))).status === 200
}

test('this device is marked, can be named, and cannot log itself out among the others', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  await logInElsewhere(front, 'Phone')
  front.expectFaults('422 /v1/sessions/:id')
  const page = await front.openAs(ann, '/account/devices')
  const mine = devices(page).filter({ hasText: 'This device' })
  await mine.waitFor()
  expect(await devices(page).count()).toBe(3)
  expect(await mine.getByRole('button', { name: /^Log out/ }).count()).toBe(0)
  await mine.getByRole('button', { name: /^Rename/ }).click()
  await fill(page, { Name: 'x'.repeat(500) })
  await press(page, 'Save name')
  await problemOf(page, 'Name')
  await fill(page, { Name: 'The desk' })
  await press(page, 'Save name')
  await mine.getByRole('heading', { name: 'The desk' }).waitFor()
})

test('a device is logged out by itself, or all others at once; this one stays', async () => {
  const front = await openFrontEnd()
  const tokens = [await signUp(front.server), await logInElsewhere(front, 'Phone')]
  const page = await front.openAs(ann, '/account/devices')
  await press(page, 'Log out Phone')
  await press(page, 'Log out device')
  await page.getByRole('heading', { name: 'Phone' }).waitFor({ state: 'detached' })
  expect(await Promise.all(tokens.map((token) => isAlive(front, token)))).toEqual([true, false])
  await logOutOthers(page)
  expect(await devices(page).count()).toBe(1)
  expect(await Promise.all(tokens.map((token) => isAlive(front, token)))).toEqual([false, false])
  await page.reload()
  await sees(page, 'Devices')
})

test('a device that is renamed while an older list is still on its way keeps its new name', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  const page = await front.openAs(ann, '/account/devices')
  const mine = devices(page).filter({ hasText: 'This device' })
  await mine.waitFor()
  const [asked, late] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const answerLate = async (route: Route) => {
    if (route.request().method() !== 'GET') return route.fallback()
    const response = await route.fetch()
    asked.resolve()
    await late.promise
    await route.fulfill({ response })
  }
  await page.route(/\/v1\/sessions(\?|$)/, answerLate)
  await press(page, 'Log out all others')
  await page.getByRole('dialog').waitFor()
  await press(page, 'Log out all others')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await asked.promise
  await mine.getByRole('button', { name: /^Rename/ }).click()
  await fill(page, { Name: 'The desk' })
  await press(page, 'Save name')
  await mine.getByRole('heading', { name: 'The desk' }).waitFor()
  late.resolve()
  await page.getByRole('button', { name: 'Log out all others' }).waitFor({ state: 'detached' })
  expect(await mine.getByRole('heading', { name: 'The desk' }).count()).toBe(1)
})

test('a browser that is logged out from another is at its next act told so, and logs in again where it was', async () => {
  const front = await openFrontEnd()
  await signUp(front.server)
  front.expectFaults('401 /v1/events')
  const phone = await front.openAs(ann, '/account')
  await reads(phone, ann.email_address)
  const desk = await front.openAs(ann, '/account/devices')
  await logOutOthers(desk)
  await phone.getByRole('link', { name: 'Activity' }).click()
  await sees(phone, 'Log in')
  await reads(phone, 'You were logged out')
  expect(await phone.evaluate(() => localStorage.length)).toBe(0)
  await logIn(phone)
  await sees(phone, 'Recent activity')
})
