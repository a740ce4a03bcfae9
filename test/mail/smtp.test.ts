// What an SMTP server can do to a mail, and what the transport says of it.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { type Delivery, type Mail, parseEmailAddress } from 'latchkey/server'
import { smtp } from 'latchkey/smtp'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { address, sender } from '../harness.ts'
import { headerOf, parseMail } from './parsed-mail.ts'
import { type Fault, type Step, startMailServer } from './smtp-harness.ts'

const ann = address('ann@example.com')
const link = 'https://app.example.com/reset-password#lkr_not_a_real_one'

const mail: Mail = {
  messageId: '<1@example.com>',
  from: sender,
  to: ann,
  date: new Date('2026-01-01T12:00:00Z'),
  subject: 'Reset your password',
  text: `Choose a new password here:\n\n${link}\n`,
  html: `<p><a href="${link}">Choose a new password</a></p>\n`,
}

interface Tried {
  readonly delivery: Delivery
  /** How often the mail was written. */
  readonly composed: number
}

async function attempt(url: string, options: { mail?: Mail; signal?: AbortSignal } = {}) {
  let composed = 0
  const compose = async () => {
    composed++
    return options.mail ?? mail
  }
  const { from, to } = options.mail ?? mail
  const signal = options.signal ?? new AbortController().signal
  const delivery = await smtp({ url }).deliver({ from, to, compose, signal })
  return { delivery, composed } satisfies Tried
}

test('a mail arrives whole: one recipient, two parts, and no header but these', async () => {
  const server = await startMailServer()
  expect(await attempt(server.url)).toEqual({ delivery: { status: 'sent' }, composed: 1 })
  const [received] = server.received
  expect(received).toMatchObject({ from: 'no-reply@example.com', to: ['ann@example.com'] })
  const { headers, text, html } = parseMail(received?.raw ?? '')
  expect(Object.fromEntries(headers)).toEqual({
    'Auto-Submitted': 'auto-generated',
    'Content-Type': expect.any(String),
    Date: 'Thu, 01 Jan 2026 12:00:00 +0000',
    From: 'Projects <no-reply@example.com>',
    'Message-ID': '<1@example.com>',
    'MIME-Version': '1.0',
    Subject: 'Reset your password',
    To: 'ann@example.com',
  })
  expect(headers).toHaveLength(8)
  expect([text, html]).toEqual([mail.text, mail.html])
  await vi.waitFor(() => expect(server.commands).toHaveLength(5))
  const verbs = server.commands.map((line) => line.split(' ')[0])
  expect(verbs).toEqual(['EHLO', 'MAIL', 'RCPT', 'DATA', 'QUIT'])
})

test('letters of every script arrive as they were written', async () => {
  const server = await startMailServer()
  const name = 'Büro „Zürich“ 漢字 😀'
  const from = { name, emailAddress: address('büro@münchen.example') }
  const to = address('jörg@straße.example')
  const long = `${'ä'.repeat(500)} ${'x'.repeat(2_000)}\n.\n..\n`
  const { delivery } = await attempt(server.url, { mail: { ...mail, from, to, text: long } })
  expect(delivery).toEqual({ status: 'sent' })
  expect(server.commands.slice(1, 3)).toEqual([
    expect.stringMatching(/^MAIL FROM:<b.*@xn--mnchen-3ya\.example> SMTPUTF8$/),
    expect.stringMatching(/^RCPT TO:<j.*@xn--strae-oqa\.example>$/),
  ])
  const { headers, text } = parseMail(server.received[0]?.raw ?? '')
  expect(text).toBe(long)
  expect(headerOf(headers, 'From')).toMatch(/^(=\?UTF-8\?[BQ]\?[!->@-~]+\?= ?)+<b/i)
})

test.each([
  ['a file', { path: import.meta.filename }],
  ['the answer of a server', { href: 'http://127.0.0.1:1/' }],
])('a mail whose text is the place of %s does not carry it', async (_what, place) => {
  const server = await startMailServer()
  const { delivery } = await attempt(server.url, {
    mail: Object.assign({ ...mail }, { text: place }),
  })
  expect(delivery).toMatchObject({ reason: expect.stringContaining('access rejected') })
  expect(server.received).toEqual([])
})

const no = (code: number) => ({ reply: `${code} no` })

// The step, what happens there, what becomes of the mail, and whether it was written.
const faults: [Step, Fault, Delivery['status'], 0 | 1][] = [
  ['greeting', 'drop', 'unavailable', 0],
  ['greeting', no(421), 'unavailable', 0],
  ['greeting', no(554), 'unavailable', 0],
  ['greeting', { reply: 'HTTP/1.1 400 Bad Request' }, 'unavailable', 0],
  ['EHLO', 'drop', 'unavailable', 0],
  ['EHLO', no(421), 'unavailable', 0],
  ['EHLO', no(502), 'sent', 1],
  ['MAIL', 'drop', 'deferred', 0],
  ['MAIL', no(421), 'unavailable', 0],
  ['MAIL', no(451), 'unavailable', 0],
  ['MAIL', no(550), 'unavailable', 0],
  ['MAIL', no(552), 'refused', 0],
  ['MAIL', no(555), 'refused', 0],
  ['RCPT', 'drop', 'deferred', 0],
  ['RCPT', no(421), 'deferred', 0],
  ['RCPT', no(450), 'deferred', 0],
  ['RCPT', no(550), 'refused', 0],
  ['DATA', 'drop', 'deferred', 0],
  ['DATA', no(421), 'deferred', 0],
  ['DATA', no(451), 'deferred', 0],
  ['DATA', no(503), 'deferred', 0],
  ['DATA', no(500), 'refused', 0],
  ['body', 'drop', 'unknown', 1],
  ['dot', 'drop', 'unknown', 1],
  ['dot', no(421), 'deferred', 1],
  ['dot', no(499), 'deferred', 1],
  ['dot', no(500), 'refused', 1],
  ['dot', { reply: 'what?' }, 'unknown', 1],
  ['accepted', 'drop', 'unknown', 1],
  ['QUIT', 'drop', 'sent', 1],
  ['QUIT', 'hang', 'sent', 1],
  ['QUIT', no(500), 'sent', 1],
]

const hangs: [Step, Delivery['status'], 0 | 1][] = [
  ['greeting', 'unavailable', 0],
  ['EHLO', 'unavailable', 0],
  ['MAIL', 'deferred', 0],
  ['RCPT', 'deferred', 0],
  ['DATA', 'deferred', 0],
  ['body', 'unknown', 1],
  ['dot', 'unknown', 1],
  ['accepted', 'unknown', 1],
]

// All at once: the server is slow to greet.
describe.each([
  ['one command at a time', { hidePIPELINING: true }],
  ['with pipelining', {}],
])('%s', (_how, options) => {
  test('what the server does decides what becomes of the mail', async () => {
    const outcomes = faults.map(async ([where, fault]) => {
      const server = await startMailServer(options)
      server.sabotage = (step) => (step === where ? fault : 'pass')
      const { delivery, composed } = await attempt(server.url)
      if (typeof fault !== 'string' && delivery.status !== 'sent') {
        expect([where, fault, delivery.reason]).toContainEqual(expect.stringContaining(fault.reply))
      }
      const taken = delivery.status === 'sent' || where === 'accepted' ? 1 : 0
      expect([where, fault, server.received.length]).toEqual([where, fault, taken])
      return [where, fault, delivery.status, composed]
    })
    expect(await Promise.all(outcomes)).toEqual(faults)
  })

  test('a server that says nothing any more is left when time is up', async () => {
    const outcomes = hangs.map(async ([where]) => {
      const server = await startMailServer(options)
      const timeIsUp = new AbortController()
      server.sabotage = (step) => {
        if (step !== where) return 'pass'
        setImmediate(() => timeIsUp.abort())
        return 'hang'
      }
      const { delivery, composed } = await attempt(server.url, { signal: timeIsUp.signal })
      await vi.waitFor(() => expect([where, server.clients]).toEqual([where, 0]))
      return [where, delivery.status, composed]
    })
    expect(await Promise.all(outcomes)).toEqual(hangs)
  })
})

test('where nobody listens, nothing is sent', async () => {
  const { delivery, composed } = await attempt('smtp://127.0.0.1:1')
  expect([delivery.status, composed]).toEqual(['unavailable', 0])
})

test('an attempt whose time was up before it began sends nothing', async () => {
  const server = await startMailServer()
  const { delivery, composed } = await attempt(server.url, { signal: AbortSignal.abort() })
  expect([delivery.status, composed]).toEqual(['unavailable', 0])
})

test('a greeting that comes byte by byte is waited for ten seconds, not for ever', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  let seconds = 0
  const slow = createServer((socket) => {
    const drip = () => {
      if (socket.destroyed) return
      seconds++
      vi.advanceTimersByTime(1_000)
      socket.write('2', () => setImmediate(drip))
    }
    socket.on('error', () => {})
    drip()
  })
  slow.listen(0, '127.0.0.1')
  await once(slow, 'listening')
  onTestFinished(() => void slow.close())
  const { port } = slow.address() as AddressInfo
  const { delivery } = await attempt(`smtp://127.0.0.1:${port}`)
  expect(delivery).toMatchObject({ status: 'unavailable', reason: 'Greeting never received' })
  expect(seconds).toBeLessThanOrEqual(12)
})

test('a server has thirty seconds to ask for the mail, and minutes to answer once it has it', async () => {
  // The test's own mail server takes a moment to greet.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true })
  onTestFinished(() => void vi.useRealTimers())
  const patience = new AbortController()
  const hang = async (at: Step) => {
    const server = await startMailServer()
    const reached = Promise.withResolvers<void>()
    server.sabotage = (step) => {
      if (step !== at) return 'pass'
      reached.resolve()
      return 'hang'
    }
    const tried = attempt(server.url, { signal: patience.signal })
    await reached.promise
    return { tried }
  }
  const [reluctant, silent] = [await hang('RCPT'), await hang('dot')]
  const settled = vi.fn()
  for (const { tried } of [reluctant, silent]) void tried.then(settled)
  vi.advanceTimersByTime(20_000)
  await new Promise(setImmediate)
  expect(settled).not.toHaveBeenCalled()
  vi.advanceTimersByTime(10_000)
  const { delivery } = await reluctant.tried
  expect(delivery).toEqual({ status: 'deferred', reason: 'The mail server took too long' })
  await new Promise(setImmediate)
  expect(settled).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(200_000)
  await new Promise(setImmediate)
  expect(settled).toHaveBeenCalledTimes(1)
  patience.abort()
  expect((await silent.tried).delivery.status).toBe('unknown')
})

// On the way to ASCII the first loses a letter nobody sees, the others turn into plain letters.
test.each(['exam\u034fple.com', '\uff45xample.com', '\u2177.example', '0x7f.0x1', 'a\ufe0f.com'])(
  'a mail to %s goes to nobody else',
  async (domain) => {
    const server = await startMailServer()
    const { delivery, composed } = await attempt(server.url, {
      // Nobody signs up with one, but a row that was imported may have it.
      mail: { ...mail, to: JSON.parse(JSON.stringify(`ann@${domain}`)) },
    })
    expect(parseEmailAddress(`ann@${domain}`)).toBeNull()
    expect([delivery.status, composed]).toEqual(['refused', 0])
    expect(server.commands).toEqual([])
  },
)

test('an address keeps its domain, however it is written', async () => {
  const domains = ['straße.de', 'mu\u0308ller.de', 'xn--mller-kva.de', 'ab--c.com']
  const arrived = domains.map(async (domain) => {
    const server = await startMailServer()
    await attempt(server.url, { mail: { ...mail, to: address(`ann@${domain}`) } })
    return /RCPT TO:<(.*)>/.exec(server.commands[2] ?? '')?.[1]
  })
  expect(await Promise.all(arrived)).toEqual([
    'ann@xn--strae-oqa.de',
    'ann@xn--mller-kva.de',
    'ann@xn--mller-kva.de',
    'ann@ab--c.com',
  ])
})

test('what cannot be written is not sent', async () => {
  const server = await startMailServer()
  const compose = async () => {
    throw new Error('the database is away')
  }
  const { signal } = new AbortController()
  const attempt = { from: sender, to: ann, compose, signal }
  const delivery = await smtp({ url: server.url }).deliver(attempt)
  expect(delivery.status).toBe('deferred')
  expect(server.received).toEqual([])
})
