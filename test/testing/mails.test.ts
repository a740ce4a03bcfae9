// What an application sends, in the hands of a test.
import { createApp } from 'latchkey/server'
import { captureMails, logInAs } from 'latchkey/testing'
import { expect, test } from 'vitest'
import { forget, startTestServer } from './projects-api.ts'

test('what a request queued is there for whoever asks, without waiting', async () => {
  const server = await startTestServer()
  await logInAs(server.app, 'ann@example.com')
  expect(await server.mails.all()).toEqual([])
  await forget(server, 'ann@example.com')
  const mail = await server.mails.newestTo('Ann@Example.com ')
  expect(mail.subject).toBe('Reset your password')
  expect(mail.from.emailAddress).toBe('tests@example.com')
  expect(await server.mails.to('bob@example.com')).toEqual([])
})

test('of many who ask at once each gets them all', async () => {
  const server = await startTestServer()
  for (const name of ['ann', 'bob', 'eve']) {
    await logInAs(server.app, `${name}@example.com`)
    await forget(server, `${name}@example.com`)
  }
  const asked = await Promise.all(Array.from({ length: 5 }, () => server.mails.all()))
  expect(asked.map((mails) => mails.map(({ to }) => to))).toEqual(
    Array.from({ length: 5 }, () => ['eve@example.com', 'bob@example.com', 'ann@example.com']),
  )
})

test('the link leads where the front end is, and its token works', async () => {
  const appUrl = 'http://localhost:5173/app'
  const server = await startTestServer({ mail: { appUrl, from: 'Projects <p@example.com>' } })
  const ann = await logInAs(server.app)
  await forget(server, ann.emailAddress)
  const [link, token] = [
    await server.mails.linkTo(ann.emailAddress),
    await server.mails.tokenTo(ann.emailAddress),
  ]
  expect(link).toBe(`${appUrl}/reset-password#${token}`)
  expect((await server.mails.newestTo(ann.emailAddress)).from.name).toBe('Projects')
  const body = new URLSearchParams({ token, password: 'another horse battery' })
  expect((await server.app.request('/v1/passwords', { method: 'PUT', body })).status).toBe(200)
})

test('where there is no mail, or no link in it, a sentence says what there is', async () => {
  const server = await startTestServer()
  await expect(server.mails.newestTo('bob@example.com')).rejects.toThrow(
    'There is no mail to bob@example.com; there are some to nobody',
  )
  const ann = await logInAs(server.app, 'ann@example.com')
  await forget(server, ann.emailAddress)
  await expect(server.mails.linkTo('bob@example.com')).rejects.toThrow(
    'There is no mail to bob@example.com; there are some to ann@example.com',
  )
  const token = await server.mails.tokenTo(ann.emailAddress)
  const body = new URLSearchParams({ token, password: 'another horse battery' })
  await server.app.request('/v1/passwords', { method: 'PUT', body })
  await expect(server.mails.linkTo(ann.emailAddress)).rejects.toThrow(
    'The newest mail to ann@example.com, “Your password was changed”, has no link in it',
  )
})

test('they are captured for an application that is built otherwise, too', async () => {
  const { auth } = await startTestServer()
  const app = createApp(auth)
  const mails = captureMails(auth)
  await logInAs(app, 'ann@example.com')
  await auth.requestPasswordReset('ann@example.com')
  expect(await mails.tokenTo('ann@example.com')).toMatch(/^lkr_/)
})

test('a test reads the words of the application', async () => {
  const mails = {
    words: { password_reset: ({ site }: { site: string }) => ({ subject: `A word from ${site}` }) },
  }
  const server = await startTestServer({ mail: { mails: { name: 'Garden', ...mails } } })
  const ann = await logInAs(server.app)
  await forget(server, ann.emailAddress)
  expect((await server.mails.newestTo(ann.emailAddress)).subject).toBe('A word from Garden')
})

test('nothing in the database is a secret, though a test can read the mail', async () => {
  const server = await startTestServer()
  const ann = await logInAs(server.app)
  await forget(server, ann.emailAddress)
  const token = await server.mails.tokenTo(ann.emailAddress)
  for (const table of ['outbox', 'password_resets', 'sessions', 'events']) {
    const rows = JSON.stringify(await server.database.query(`SELECT * FROM ${table}`))
    expect(rows).not.toContain(token)
    expect(rows).not.toContain(ann.token)
  }
})
