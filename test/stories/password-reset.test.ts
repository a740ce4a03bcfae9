import { expect, test } from 'vitest'
import { ann, bearer, mailedToken, type Server, signUp, startServer } from '../harness.ts'

const sent = { message: 'Password reset instructions sent' }
const done = { message: 'Password has been reset.' }
const dead = ['Password reset link is invalid or has expired.']
const newPassword = 'another horse battery'

async function requestReset({ send, outbox }: Server, emailAddress = ann.email_address) {
  const { status, body } = await send('POST /v1/passwords', { email_address: emailAddress })
  expect([status, body]).toEqual([200, sent])
  await outbox.deliverDue()
}

test('whoever forgot the password gets a link, and chooses a new one with it', async () => {
  const server = await startServer()
  await signUp(server)
  await requestReset(server)
  const { mails } = server.mailbox
  expect(mails).toHaveLength(1)
  expect(mails[0]).toMatchObject({ to: 'ann@example.com', subject: 'Reset your password' })
  const token = mailedToken(server)
  expect(mails[0]?.text).toContain(`\nhttps://app.example.com/reset-password#${token}\n`)
  expect(mails[0]?.html).toContain(`href="https://app.example.com/reset-password#${token}"`)
  const reply = await server.send(`PUT /v1/passwords/${token}`, {
    password: newPassword,
    password_confirmation: newPassword,
  })
  expect([reply.status, reply.body]).toEqual([200, done])
  expect((await server.send('POST /v1/session', ann)).status).toBe(401)
  expect((await server.send('POST /v1/session', { ...ann, password: newPassword })).status).toBe(200)
})
