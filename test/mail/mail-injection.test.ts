// Nothing that anybody types, or puts into a header, changes a byte of a mail or adds a recipient.
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { domainToUnicode } from 'node:url'
import { createApp, createOutbox, type Mail, nodeServer, parseEmailAddress } from 'latchkey/server'
import { smtp } from 'latchkey/smtp'
import { expect, onTestFinished, test } from 'vitest'
import { parseSender } from '../../src/core/sender.ts'
import { address, ann, mailFrom, read, sender, signUp, startServer } from '../harness.ts'
import { startSending } from './outbox-harness.ts'
import { headerOf, type ParsedMail, parseMail } from './parsed-mail.ts'
import { startMailServer } from './smtp-harness.ts'

const headerNames = [
  'From',
  'To',
  'Subject',
  'Message-ID',
  'Date',
  'MIME-Version',
  'Content-Type',
  'Auto-Submitted',
].sort()

function namesOf({ headers }: ParsedMail): string[] {
  return headers.map(([name]) => name).sort()
}

const breaks = ['\r\n', '\n', '\r', '%0d%0a', '\0', '\x0b', '\x85', '\u2028', '\u2029', '\r\n ']
const victims = 'victim@example.com'

const hostileAddresses = [
  ...breaks.flatMap((each) => [
    `ann@example.com${each}Bcc: ${victims}`,
    `ann${each}@example.com`,
    `ann@example.com>${each}RCPT TO:<${victims}`,
  ]),
  '=?utf-8?Q?=0ABcc?=@example.com',
  'ann=?utf-8?Q?=0D=0ABcc:victim?=@example.com',
  `ann@example.com,${victims}`,
  `ann@example.com;${victims}`,
  `ann@example.com ${victims}`,
  `ann@example.com> ${victims}`,
  '<ann@example.com>',
  `Ann <${victims}>`,
  `"${victims} b"@example.com`,
  `"${victims}, "@example.com`,
  `ann(${victims})@example.com`,
  `${victims}@example.com`,
  'ann@example.com%00@example.org',
  'ann%example.org@example.com',
  'ann!example.org@example.com',
  'ann@exam\u034fple.com',
  'ann@\uff45xample.com',
  'ann@xn--exmple-cua.com',
  'ann@exámple.com',
  'ånn@example.com',
  `${'a'.repeat(64)}@example.com`,
  `${'a'.repeat(65)}@example.com`,
  `ann@${'a.'.repeat(123)}com`,
  `ann@${'a.'.repeat(124)}com`,
  "'ann'@example.com",
  '`ann`|{}~@example.com',
  '-ann@example.com',
  '.@example.com',
  '\r\n.\r\n@example.com',
]

test('no address that is typed brings a mail to anybody else, or another header into it', async () => {
  const mailServer = await startMailServer()
  const sending = await startSending(smtp({ url: mailServer.url }))
  const { app, ask, outbox, send } = sending
  await sending.signUp('ann', 'victim')
  await ask('ann')
  await outbox.deliverDue()
  const reference = parseMail(mailServer.received[0]?.raw ?? '')
  const stored = new Set(['ann@example.com'])
  for (const email_address of hostileAddresses) {
    const person = JSON.stringify({ email_address, password: 'correct horse battery' })
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: person }
    const { status, body } = await read(await app.request('/v1/registrations', init))
    const expected = parseEmailAddress(email_address) ? 201 : 422
    expect([email_address, status]).toEqual([email_address, expected])
    if (status === 201) stored.add(readable(body.user.email_address))
    const requested = await send('POST /v1/passwords', { email_address })
    expect([email_address, requested.status]).toEqual([email_address, status === 201 ? 200 : 422])
  }
  await outbox.deliverDue()
  const { received } = mailServer
  expect(stored.size).toBeGreaterThan(8)
  expect(received.length).toBeGreaterThan(8)
  for (const { to, raw } of received) {
    const mail = parseMail(raw)
    expect(to).toHaveLength(1)
    expect(stored).toContain(to[0])
    expect(namesOf(mail)).toEqual(headerNames)
    expect(headerOf(mail.headers, 'Subject')).toBe('Reset your password')
    expect(masked(mail)).toEqual(masked(reference))
  }
  expect(received.flatMap(({ to }) => to)).not.toContain(victims)
})

// As the mail server tells what it took: a domain in ASCII is read back.
function readable(emailAddress: string): string {
  const [local, domain = ''] = emailAddress.split('@')
  return `${local}@${domain.startsWith('xn--') ? domainToUnicode(domain) : domain}`
}

function masked({ text, html }: Pick<Mail, 'text' | 'html'>) {
  const mask = (part: string) => part.replace(/lkr_\w{38}/g, 'TOKEN')
  return { text: mask(text), html: mask(html) }
}

const hostileNames = [
  ...breaks.flatMap((each) => [`Ann${each}Bcc: ${victims}`, `Ann${each}.${each}QUIT`]),
  '=?utf-8?Q?=0ABcc?=',
  '=?utf-8?B?DQpCY2M6IHg=?=',
  `Ann, ${victims}`,
  `Ann; ${victims}`,
  `Ann: ${victims};`,
  `(${victims})`,
  `"${victims}"`,
  `Ann" <${victims}`,
  `Ann\\" <${victims}`,
  `<${victims}>`,
  'Büro „Zürich“ 😀',
  'a\ud800b',
  '\u202eevil',
  'x'.repeat(300),
  '漢'.repeat(120),
  '.',
]

test('no name of a sender adds a header or another sender', async () => {
  const senders = hostileNames.flatMap(
    (name) => parseSender(`${name} <no-reply@example.com>`) ?? [],
  )
  expect(senders.length).toBeGreaterThan(8)
  const arrived = senders.map(async (from) => {
    const mailServer = await startMailServer()
    await deliver(mailServer.url, { from })
    const [received] = mailServer.received
    expect([received?.from, received?.to]).toEqual(['no-reply@example.com', [ann.email_address]])
    const mail = parseMail(received?.raw ?? '')
    expect(namesOf(mail)).toEqual(headerNames)
    const written = headerOf(mail.headers, 'From')
    expect(written).toMatch(
      /^("[^"\\]*"|[\w. -]+|(=\?UTF-8\?[BQ]\?[!->@-~]+\?= ?)+) <no-reply@example\.com>$/,
    )
  })
  await Promise.all(arrived)
})

test.each(breaks.filter((each) => /\p{Cc}/u.test(each)))(
  'a sender whose name holds %j is none',
  (each) => {
    expect(parseSender(`Ann${each}Bcc <no-reply@example.com>`)).toBeNull()
  },
)

test.each(breaks)(
  'no subject of an application’s own that holds %j adds a header',
  async (each) => {
    const mailServer = await startMailServer()
    const { auth } = await startSending(smtp({ url: mailServer.url }))
    await auth.signUp({ emailAddress: ann.email_address, password: ann.password })
    await auth.requestPasswordReset(ann.email_address)
    const subject = `Büro${each}Bcc: ${victims}${each}${each}Body`
    const outbox = createOutbox(auth, {
      transport: smtp({ url: mailServer.url }),
      from: mailFrom,
      appUrl: 'https://app.example.com',
      mails: { words: { password_reset: () => ({ subject, button: subject }) } },
    })
    await outbox.deliverDue()
    expect(mailServer.received).toMatchObject([{ to: [ann.email_address] }])
    const mail = parseMail(mailServer.received[0]?.raw ?? '')
    expect(namesOf(mail)).toEqual(headerNames)
    const inLine = each === '%0d%0a' ? subject : `Büro Bcc: ${victims} Body`
    expect(mail.html).toContain(`<title>${inLine}</title>`)
    expect(mail.text.replaceAll('\n', ' ')).toContain(inLine)
  },
)

const ends = ['.', '..', '\r\n.\r\n', '\n.\n', '\r.\r', '\r\n.\r', '\n.\r\n', '\r\n.\n', '\0.\r\n']

test('nothing in a mail ends it early: every line break is CRLF and every first dot doubled', async () => {
  const smuggled = 'MAIL FROM:<evil@example.com>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\nx\r\n'
  const arrived = ends.map(async (end) => {
    const mailServer = await startMailServer()
    const text = `${end}${smuggled}${end}${smuggled}`
    await deliver(mailServer.url, { text, html: text })
    expect(mailServer.wire).toHaveLength(1)
    const [wire = ''] = mailServer.wire
    expect(wire).not.toMatch(/\r(?!\n)|(?<!\r)\n/)
    for (const line of wire.split('\r\n')) expect(line).not.toMatch(/^\.(?!\.)/)
    expect(mailServer.received).toMatchObject([{ to: [ann.email_address] }])
    expect(mailServer.received[0]?.raw).toBe(wire.replace(/^\./gm, ''))
    expect(mailServer.commands.join('\n')).not.toContain('evil')
  })
  await Promise.all(arrived)
})

async function deliver(url: string, words: Partial<Mail>): Promise<void> {
  const mail: Mail = {
    messageId: '<1@example.com>',
    from: sender,
    to: address(ann.email_address),
    date: new Date(0),
    subject: 'Hello',
    text: 'Hello',
    html: '<p>Hello',
    ...words,
  }
  const { signal } = new AbortController()
  const { from, to } = mail
  const compose = async () => mail
  const delivery = await smtp({ url }).deliver({ from, to, compose, signal })
  expect(delivery).toEqual({ status: 'sent' })
}

const evil = 'evil.example'
const post = 'POST /v1/passwords HTTP/1.1'

// What the answer is, the line of the request, its headers.
test.each([
  [200, post, `Host: ${evil}`],
  [200, post, `Host: ${evil}:80`, `Origin: https://${evil}`, `Referer: https://${evil}/`],
  [400, post, `Host: app.example.com@${evil}`],
  [400, post, `Host: app.example.com`, `Host: ${evil}`],
  [200, post, 'Host: app.example.com', `X-Forwarded-Host: ${evil}`, 'X-Forwarded-Proto: http'],
  [200, post, 'Host: app.example.com', `Forwarded: host=${evil};proto=http;for=192.0.2.1`],
  [200, post, 'Host: app.example.com', `X-Host: ${evil}`, `X-Original-URL: //${evil}`],
  [200, `POST http://${evil}/v1/passwords HTTP/1.1`, 'Host: app.example.com'],
  [200, `POST https://app.example.com@${evil}/v1/passwords HTTP/1.1`, `Host: ${evil}`],
  [404, `POST //${evil}/v1/passwords HTTP/1.1`, `Host: ${evil}`],
  [200, `POST /v1/passwords?app_url=https://${evil} HTTP/1.1`, `Host: ${evil}`],
] as const)('%i to %s, %s: no byte of the mail comes from it', async (status, ...lines) => {
  const server = await startServer()
  await signUp(server)
  await server.auth.requestPasswordReset(ann.email_address)
  await server.outbox.deliverDue()
  const http = nodeServer(createApp(server.auth, {}))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => {
    http.close()
    http.closeAllConnections()
  })
  const socket = connect((http.address() as AddressInfo).port, '127.0.0.1').setEncoding('utf8')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  const json = JSON.stringify({ email_address: ann.email_address, app_url: `https://${evil}` })
  const more = ['Content-Type: application/json', `Content-Length: ${json.length}`]
  socket.end([...lines, ...more, 'Connection: close', '', json].join('\r\n'))
  await once(socket, 'close')
  expect(answer.split(' ')[1]).toBe(String(status))
  await server.outbox.deliverDue()
  const [first, ...others] = server.mailbox.mails.toReversed()
  expect(others).toHaveLength(status === 200 ? 1 : 0)
  const same = (mail: Mail | undefined) => mail && { ...mail, messageId: '', ...masked(mail) }
  for (const mail of others) expect(same(mail)).toEqual(same(first))
})
