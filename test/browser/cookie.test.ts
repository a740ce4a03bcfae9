// The session in a cookie, as Chromium keeps and sends it.
import { expect, test } from 'vitest'
import { ann, signUp } from '../harness.ts'
import { ask, openBrowser } from './browser.ts'
import { page } from './sites.ts'
import { api, cookiesOf, logInOn, openWorld } from './world.ts'

test('a browser keeps the session of a log-in in a cookie that no script can read', async () => {
  const world = await openWorld()
  await signUp(world.server)
  const opened = await world.openFrontEnd()
  const { body } = await logInOn(opened)
  const [cookie, ...others] = await opened.context().cookies()
  expect(others).toEqual([])
  expect(cookie).toMatchObject({
    ...{ name: '__Host-session', domain: 'api.example.test', path: '/' },
    ...{ httpOnly: true, secure: true, sameSite: 'Lax' },
  })
  expect(JSON.stringify(body)).not.toContain(cookie?.value)
  expect(await opened.evaluate('document.cookie')).toBe('')
  await opened.goto(`${api}/health/live`)
  expect(await opened.evaluate('document.cookie')).toBe('')
})

test('with the cookie the next request is logged in, without it it is not', async () => {
  const world = await openWorld()
  await signUp(world.server)
  const opened = await world.openFrontEnd()
  await logInOn(opened)
  const mine = await ask(opened, `${api}/v1/user`)
  expect([mine.status, mine.body.user.email_address]).toEqual([200, ann.email_address])
  const bare = await opened.evaluate(
    (url) => fetch(url).then(({ status }) => status),
    `${api}/v1/user`,
  )
  expect(bare).toBe(401)
})

test('after logging out the browser has no cookie, and nothing that the API kept there', async () => {
  const world = await openWorld()
  await signUp(world.server)
  const opened = await world.openFrontEnd()
  await logInOn(opened)
  const ofApi = await opened.context().newPage()
  await ofApi.goto(`${api}/health/live`)
  await ofApi.evaluate(`localStorage.setItem('draft', 'Of Ann')`)
  const [cookie = ''] = await cookiesOf(opened.context())

  const { status } = await ask(opened, `${api}/v1/session`, { method: 'DELETE' })
  expect(status).toBe(200)
  expect(await opened.context().cookies()).toEqual([])
  expect((await ask(opened, `${api}/v1/user`)).status).toBe(401)
  const stolen = await world.server.send('GET /v1/user', undefined, { cookie })
  expect(stolen.status).toBe(401)
  await ofApi.reload()
  expect(await ofApi.evaluate('localStorage.length')).toBe(0)
})

test('a sign-up and a new token go into the cookie too', async () => {
  const world = await openWorld()
  const opened = await world.openFrontEnd()
  const body = { ...ann, transport: 'cookie' }
  const signedUp = await ask(opened, `${api}/v1/registrations`, { method: 'POST', body })
  expect([signedUp.status, Object.keys(signedUp.body)]).toEqual([201, ['user']])
  const [first = '', ...others] = await cookiesOf(opened.context())
  const rotated = await ask(opened, `${api}/v1/session/token`, { method: 'PUT', body: {} })
  expect([rotated.status, rotated.body]).toEqual([200, { session: expect.anything() }])
  const [second, ...more] = await cookiesOf(opened.context())
  expect([others, more, second === first]).toEqual([[], [], false])
  expect((await ask(opened, `${api}/v1/user`)).status).toBe(200)
  const old = await world.server.send('GET /v1/user', undefined, { cookie: first })
  expect(old.status).toBe(401)
})

test('whoever logs in where somebody was logged in takes their place', async () => {
  const world = await openWorld()
  const bob = { ...ann, email_address: 'bob@example.com' }
  await signUp(world.server, bob)
  await signUp(world.server)
  const opened = await world.openFrontEnd()
  await logInOn(opened)
  const [cookie = ''] = await cookiesOf(opened.context())
  await logInOn(opened, bob)
  expect((await ask(opened, `${api}/v1/user`)).body.user.email_address).toBe(bob.email_address)
  const left = await world.server.send('GET /v1/user', undefined, { cookie })
  expect(left.status).toBe(401)
})

test('a new cookie is not sent with a form of another site, as Chromium does for two minutes with others', async () => {
  const world = await openWorld()
  await signUp(world.server)
  const opened = await world.openFrontEnd()
  await logInOn(opened)
  await opened.goto(`${api}/health/live`)
  // Not a word on SameSite.
  await opened.evaluate(`document.cookie = 'other=1; Path=/; Secure'`)
  const { sites } = await openBrowser()
  const action = `${api}/v1/projects`
  sites.serve(
    'evil.test',
    page(`<form method="post" action="${action}"><input name="title"></form>`),
  )
  await opened.goto('https://evil.test')
  await opened.evaluate('document.forms[0].submit()')
  await opened.waitForURL(action)
  const { line, status, headers } = world.visits.at(-1) ?? {}
  expect([line, status]).toEqual(['POST /v1/projects', 401])
  expect(headers?.cookie).toBe('other=1')
})
