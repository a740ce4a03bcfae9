// The outbox and a real mail server, together.
import { smtp } from 'latchkey/smtp'
import { expect, onTestFinished, test, vi } from 'vitest'
import { failOnce, startSending, tokenIn } from './outbox-harness.ts'
import { headerOf, parseMail } from './parsed-mail.ts'
import { startMailServer } from './smtp-harness.ts'

async function start() {
  const mailServer = await startMailServer()
  const sending = await startSending(smtp({ url: mailServer.url }))
  const recipients = () => mailServer.received.map(({ to }) => to)
  return { ...sending, mailServer, recipients }
}

test('mails arrive one by one, in order, each at one address and with a token of its own', async () => {
  const { ask, outbox, recipients, signUp, statuses, mailServer, redeems } = await start()
  await signUp('ann', 'bob', 'carol')
  await ask('carol', 'ann', 'nobody', 'bob')
  await outbox.deliverDue()
  expect(recipients()).toEqual([['carol@example.com'], ['ann@example.com'], ['bob@example.com']])
  expect(await statuses()).toEqual(['sent', 'sent', 'sent'])
  const mails = mailServer.received.map(({ raw }) => parseMail(raw))
  expect(new Set(mails.map(tokenIn)).size).toBe(3)
  for (const mail of mails) {
    const link = `https://app.example.com/reset-password#${tokenIn(mail)}`
    expect(mail.text).toContain(`\n${link}\n`)
    expect(mail.html).toContain(`href="${link}"`)
    expect(await redeems(mail)).toBe(true)
  }
})

test('an address that is refused or put off holds up no other', async () => {
  const { ask, messages, outbox, recipients, signUp, mailServer } = await start()
  mailServer.sabotage = (_step, line) => {
    if (line.startsWith('RCPT TO:<bob@')) return { reply: '550 5.1.1 no such mailbox' }
    if (line.startsWith('RCPT TO:<dave@')) return { reply: '450 4.2.1 later' }
    return line.startsWith('RCPT TO:<eve@') ? 'drop' : 'pass'
  }
  await signUp('ann', 'bob', 'carol', 'dave', 'eve', 'fay')
  await ask('ann', 'bob', 'carol', 'dave', 'eve', 'fay')
  await outbox.deliverDue()
  expect(recipients()).toEqual([['ann@example.com'], ['carol@example.com'], ['fay@example.com']])
  expect((await messages()).map(({ status, lastError }) => [status, lastError])).toEqual([
    ['sent', null],
    ['failed', expect.stringContaining('550 5.1.1 no such mailbox')],
    ['sent', null],
    ['queued', expect.stringContaining('450 4.2.1 later')],
    ['queued', expect.stringContaining('closed')],
    ['sent', null],
  ])
})

test('a server that takes every mail and never says so gets each twice, with one id', async () => {
  const { ask, auth, clock, messages, outbox, recipients, signUp, mailServer } = await start()
  mailServer.sabotage = (step) => (step === 'accepted' ? 'drop' : 'pass')
  await signUp('ann')
  await ask('ann')
  for (const _ of Array(4)) {
    await outbox.deliverDue()
    clock.advance({ minutes: 1 })
  }
  expect(recipients()).toEqual([['ann@example.com'], ['ann@example.com']])
  expect(await messages()).toMatchObject([{ status: 'unknown', attempts: 2 }])
  const mails = mailServer.received.map(({ raw }) => parseMail(raw))
  expect(new Set(mails.map(({ headers }) => headerOf(headers, 'Message-ID'))).size).toBe(1)
  for (const mail of mails) expect(await auth.isPasswordResetLive(tokenIn(mail))).toBe(true)
})

test('a server that refuses the mail itself leaves no live link behind', async () => {
  const { ask, database, messages, outbox, signUp, mailServer } = await start()
  mailServer.sabotage = (step) => (step === 'dot' ? { reply: '554 5.7.1 spam' } : 'pass')
  await signUp('ann')
  await ask('ann')
  await outbox.deliverDue()
  expect(mailServer.wire).toHaveLength(1)
  expect(await messages()).toMatchObject([{ status: 'failed' }])
  expect(await database.query('SELECT * FROM password_resets')).toEqual([])
})

test('a database that is away when the server asks for the mail costs the mail nothing', async () => {
  const { ask, auth, clock, log, messages, outbox, recipients, signUp } = await start()
  await signUp('ann', 'bob')
  await ask('ann', 'bob')
  failOnce(auth, 'insertPasswordReset')
  await outbox.deliverDue()
  expect([recipients(), log.length]).toEqual([[], 1])
  const waiting = { status: 'queued', deferrals: 0, uncertain: 0, dueAt: clock() }
  expect(await messages()).toMatchObject([waiting, { ...waiting, attempts: 0 }])
  clock.advance({ milliseconds: 1_000 })
  await outbox.deliverDue()
  expect(recipients()).toEqual([['ann@example.com'], ['bob@example.com']])
})

test('a server that has not even greeted when the outbox is stopped costs the mail nothing', async () => {
  const { ask, mailServer, messages, outbox, signUp } = await start()
  await signUp('ann')
  await ask('ann')
  const silent = new Promise<void>((resolve) => {
    mailServer.sabotage = () => {
      resolve()
      return 'hang'
    }
  })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  outbox.start()
  await silent
  const stopped = outbox.stop()
  vi.advanceTimersByTime(5_000)
  await stopped
  expect(await messages()).toMatchObject([{ status: 'queued', deferrals: 0, uncertain: 0 }])
})

test('an address that the mail server cannot write to stops no other mail', async () => {
  const { ask, mailServer, messages, outbox, recipients, signUp } = await start()
  mailServer.sabotage = (_step, line) =>
    line.endsWith(' SMTPUTF8') ? { reply: '550 5.6.7 ASCII only' } : 'pass'
  await signUp('ånn', 'bob')
  await ask('ånn', 'bob')
  await outbox.deliverDue()
  expect(recipients()).toEqual([['bob@example.com']])
  expect(await messages()).toMatchObject([{ status: 'queued', deferrals: 1 }, { status: 'sent' }])
})
