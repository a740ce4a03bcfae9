// Mails and the password of the mail server travel encrypted, to whom they are meant for.
import { once } from 'node:events'
import tls from 'node:tls'
import { smtp } from 'latchkey/smtp'
import type { SMTPServerOptions } from 'smtp-server'
import { expect, onTestFinished, test } from 'vitest'
import { address, sender } from '../harness.ts'
import { anotherHost, localhost } from './smtp-certificates.ts'
import { startMailServer, startSmtpServer } from './smtp-harness.ts'

const ann = address('ann@example.com')

function trust(...certificates: string[]) {
  const before = tls.getCACertificates('default')
  tls.setDefaultCACertificates([...before, ...certificates])
  onTestFinished(() => tls.setDefaultCACertificates(before))
}

async function attempt(url: string) {
  const compose = async () => {
    const [subject, text, html] = ['Hello', 'Hello', '<p>Hello']
    const messageId = '<1@example.com>'
    return { messageId, from: sender, to: ann, date: new Date(0), subject, text, html }
  }
  const { signal } = new AbortController()
  return smtp({ url }).deliver({ from: sender, to: ann, compose, signal })
}

/** What a server that speaks TLS heard, which demands a password where it is told one. */
async function startTls(options: SMTPServerOptions) {
  const passwords: unknown[] = []
  const { port, received } = await startSmtpServer({
    ...localhost,
    onAuth({ username, password }, _session, done) {
      passwords.push(password)
      if (username === 'ann@work' && password === 'p@ss:wörd') return done(null, { user: 'ann' })
      done(Object.assign(new Error('no'), { responseCode: 535 }))
    },
    ...options,
  })
  return { port, received, passwords }
}

const user = 'ann%40work:p%40ss%3Aw%C3%B6rd'

test.each([
  ['smtps', { secure: true }],
  ['smtp', { secure: false }],
])(
  'over %s: the mail leaves encrypted and with the password of the server',
  async (scheme, how) => {
    trust(localhost.cert)
    let wasSecure = false
    const server = await startTls({
      ...how,
      authOptional: false,
      onMailFrom(_address, { secure }, done) {
        wasSecure = secure
        done()
      },
    })
    const delivery = await attempt(`${scheme}://${user}@localhost:${server.port}`)
    expect(delivery).toEqual({ status: 'sent' })
    expect([wasSecure, server.received.length, server.passwords]).toEqual([true, 1, ['p@ss:wörd']])
  },
)

test.each(['PLAIN', 'LOGIN'])(
  'a password that is refused with AUTH %s sends nothing',
  async (how) => {
    trust(localhost.cert)
    const server = await startTls({ secure: true, authOptional: false, authMethods: [how] })
    const delivery = await attempt(`smtps://ann%40work:wrong@localhost:${server.port}`)
    expect(delivery.status).toBe('unavailable')
    expect([server.received, server.passwords]).toEqual([[], ['wrong']])
  },
)

test.each([
  ['454 later', 'unavailable'],
  ['535 no', 'unavailable'],
])('on this machine, AUTH answered with %s sends nothing', async (reply, status) => {
  const plain = { disabledCommands: ['STARTTLS'], allowInsecureAuth: true }
  const server = await startMailServer(plain)
  server.sabotage = (step) => (step === 'AUTH' ? { reply } : 'pass')
  const delivery = await attempt(server.url.replace('//', `//${user}@`))
  expect(delivery).toMatchObject({ status, reason: expect.stringContaining(reply) })
  expect(server.received).toEqual([])
})

// The scheme, whom the certificate is of, and whether whoever sends trusts it.
test.each([
  ['smtps', 'self-signed', localhost, []],
  ['smtp', 'self-signed', localhost, []],
  ['smtps', 'of another host', anotherHost, [anotherHost.cert]],
  ['smtp', 'of another host', anotherHost, [anotherHost.cert]],
])(
  'over %s, a server whose certificate is %s gets nothing',
  async (scheme, _whose, own, trusted) => {
    trust(...trusted)
    const server = await startTls({ ...own, secure: scheme === 'smtps' })
    const delivery = await attempt(`${scheme}://${user}@localhost:${server.port}`)
    expect(delivery.status).toBe('unavailable')
    expect(delivery).toHaveProperty('reason', expect.stringMatching(/certificate|altnames/i))
    expect([server.received, server.passwords]).toEqual([[], []])
  },
)

test('a server that speaks no newer TLS than 1.1 gets nothing, even where Node was told to speak it', async () => {
  trust(localhost.cert)
  const { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS } = tls
  onTestFinished(() => void Object.assign(tls, { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS }))
  // As --tls-min-v1.0 and --tls-cipher-list do.
  Object.assign(tls, { DEFAULT_MIN_VERSION: 'TLSv1', DEFAULT_CIPHERS: 'ALL:@SECLEVEL=0' })
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const
  const server = await startTls({ secure: true, ...old })
  const tolerant = tls.connect({ port: server.port, host: 'localhost', ...old })
  await once(tolerant, 'secureConnect')
  expect(tolerant.getProtocol()).toBe('TLSv1.1')
  tolerant.destroy()
  const delivery = await attempt(`smtps://${user}@localhost:${server.port}`)
  expect(delivery.status).toBe('unavailable')
  expect([server.received, server.passwords]).toEqual([[], []])
})

// Written large, the name of this machine is one that TLS is demanded for.
const elsewhere = (url: string) => url.replace('127.0.0.1', `${user}@LOCALHOST`)

test('a server elsewhere that has TLS is sent to', async () => {
  trust(localhost.cert)
  const server = await startTls({ secure: false, authOptional: false })
  expect(await attempt(elsewhere(`smtp://127.0.0.1:${server.port}`))).toEqual({ status: 'sent' })
})

test.each([
  ['does not offer it', 'EHLO', 'pass'],
  ['does not know it', 'STARTTLS', { reply: '502 what?' }],
  ['puts it off', 'STARTTLS', { reply: '454 later' }],
  ['hangs up at it', 'STARTTLS', 'drop'],
  ['is older than it', 'EHLO', { reply: '502 what?' }],
] as const)(
  'a server elsewhere that %s gets no mail and no password',
  async (_how, where, fault) => {
    const server = await startMailServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
    })
    server.sabotage = (step) => (step === where ? fault : 'pass')
    const delivery = await attempt(elsewhere(server.url))
    expect(delivery.status).toBe('unavailable')
    expect(server.received).toEqual([])
    expect(server.commands.join('\n')).not.toMatch(/AUTH|MAIL|DATA/)
  },
)

test('on this machine a server without TLS is sent to, and one with TLS is not sent to without', async () => {
  const without = await startMailServer()
  expect(await attempt(without.url)).toEqual({ status: 'sent' })
  const refusing = await startMailServer({ ...localhost, disabledCommands: [] })
  refusing.sabotage = (step) => (step === 'STARTTLS' ? { reply: '454 later' } : 'pass')
  expect((await attempt(refusing.url)).status).toBe('unavailable')
})
