// What `npm start` serves, without HTTPS: two ports of this machine, and a third of somebody else.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { start } from '../cli/npm-start.ts'
import { temporaryFolder } from '../harness.ts'
import { ask, openBrowser } from './browser.ts'
import { page } from './sites.ts'

async function startHere() {
  const { origin: api, said } = await start(temporaryFolder())
  const [, frontEnd = ''] = /front end is on (\S+)\.$/m.exec(said()) ?? []
  const [, password] = /with the password (\S+),/.exec(said()) ?? []
  const demo = { email_address: 'demo@example.com', password, transport: 'cookie' }
  const { openProfile } = await openBrowser()
  const opened = await (await openProfile()).newPage()
  await opened.goto(frontEnd)
  return { api, opened, demo }
}

test('the front end of development logs in by a cookie on the API’s port, and out again', async () => {
  const { api, opened, demo } = await startHere()
  const loggedIn = await ask(opened, `${api}/v1/session`, { method: 'POST', body: demo })
  expect(loggedIn.status).toBe(200)
  expect(await opened.context().cookies()).toMatchObject([
    { name: 'session', domain: 'localhost', httpOnly: true, secure: false, sameSite: 'Lax' },
  ])
  expect(await opened.evaluate('document.cookie')).toBe('')
  const { body } = await ask(opened, `${api}/v1/user`)
  expect(body.user.email_address).toBe('demo@example.com')
  expect((await ask(opened, `${api}/v1/session`, { method: 'DELETE' })).status).toBe(200)
  expect(await opened.context().cookies()).toEqual([])
  expect((await ask(opened, `${api}/v1/user`)).status).toBe(401)
})

test('a page of a third port changes nothing, although browsers send the cookie to all ports', async () => {
  const { api, opened, demo } = await startHere()
  const frontEnd = opened.url()
  await ask(opened, `${api}/v1/session`, { method: 'POST', body: demo })
  const action = `${api}/v1/projects`
  const form = `<form method="post" action="${action}"><input name="title" value="Another"></form>`
  const other = createServer(page(form)).listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await opened.goto(`http://localhost:${port}`)
  const [posted] = await Promise.all([
    opened.waitForResponse(action),
    opened.evaluate('document.forms[0].submit()'),
  ])
  expect([posted.status(), (await posted.json()).code]).toEqual([403, 'csrf'])
  expect((await posted.request().allHeaders()).cookie).toMatch(/^session=lks_/)
  await opened.goto(frontEnd)
  expect((await ask(opened, action)).body.projects).toHaveLength(1)
})
