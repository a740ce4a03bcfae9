// The mails of development: who may see them, and what they see.
import { createApp, createMailbox, type Mail, type Mailbox } from 'latchkey/server'
import { describe, expect, test } from 'vitest'
import { address, ann, type Reply, read, sender, signUp, startServer } from '../harness.ts'

const paths = ['/dev/mailbox', '/dev/mailbox.json']
const here = { host: 'localhost:3000' }

interface Visit {
  readonly method?: string
  readonly peer?: string | undefined
  readonly headers?: Record<string, string>
}

type Visitor = (path: string, visit?: Visit) => Promise<Reply>

async function develop(mails: readonly Mail[] = []): Promise<Visitor> {
  const { auth } = await startServer()
  const corsOrigins = ['http://localhost:3001']
  const app = createApp(auth, { mode: 'development', mailbox: { mails }, corsOrigins })
  return async (path, { method = 'GET', headers = here, ...visit } = {}) => {
    const peer = 'peer' in visit ? visit.peer : '127.0.0.1'
    return read(await app.request(path, { method, headers }, { address: peer }))
  }
}

function mailAbout(subject: string, more: Partial<Mail> = {}): Mail {
  return {
    messageId: `<${subject.length}@example.com>`,
    from: sender,
    to: address('ann@example.com'),
    date: new Date('2026-01-01T12:00:00Z'),
    subject,
    text: `About ${subject}`,
    html: `<p>About ${subject}</p>`,
    ...more,
  }
}

describe('whoever sits at this machine may', () => {
  test.each([
    ['127.0.0.1', 'localhost'],
    ['127.0.0.1', 'localhost:3000'],
    ['127.8.8.8', 'LocalHost:80'],
    ['::1', 'localhost:3000'],
    ['::ffff:127.0.0.1', 'localhost:3000'],
  ])('from %s to %s', async (peer, host) => {
    const visit = await develop()
    for (const path of paths) {
      expect((await visit(path, { peer, headers: { host } })).status).toBe(200)
    }
  })
})

describe('nobody else may, and does not learn that there is something', () => {
  const strangers: [string, Visit][] = [
    ['a peer in the network', { peer: '192.168.1.7' }],
    ['a peer in IPv6', { peer: '2001:db8::1' }],
    ['a peer whose address only begins like ours', { peer: '127.0.0.1.example' }],
    ['a peer whose IPv6 address only begins like ours', { peer: '::12' }],
    ['a peer without an address', { peer: undefined }],
    ['a Host that is another name', { headers: { host: 'attacker.example' } }],
    ['a Host that begins with ours', { headers: { host: 'localhost.attacker.example' } }],
    ['a Host that ends with ours', { headers: { host: 'attacker.localhost:3000' } }],
    ['a Host with a dot at the end', { headers: { host: 'localhost.:3000' } }],
    ['a Host with a user', { headers: { host: 'me@localhost' } }],
    ['a Host that is an address', { headers: { host: '127.0.0.1:3000' } }],
    ['no Host', { headers: {} }],
    ['a script of the front end', { headers: { ...here, origin: 'http://localhost:3001' } }],
    ['a page without an origin', { headers: { ...here, origin: 'null' } }],
    ...[
      'Forwarded',
      'Via',
      'X-Forwarded-For',
      'X-Forwarded-Host',
      'X-Forwarded-Proto',
      'X-Forwarded-Server',
      'X-Original-Forwarded-For',
      'X-Original-Host',
      'X-Real-IP',
      'X-Client-IP',
      'X-Cluster-Client-IP',
      'X-Envoy-External-Address',
      'CDN-Loop',
      'CF-Connecting-IP',
      'Client-IP',
      'Fastly-Client-IP',
      'Fly-Client-IP',
      'True-Client-IP',
    ].map((name): [string, Visit] => [name, { headers: { ...here, [name]: '127.0.0.1' } }]),
  ]

  test.each(strangers)('%s', async (_who, stranger) => {
    const visit = await develop([mailAbout('Secret')])
    for (const path of paths) {
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
        const headers = { ...(stranger.headers ?? here), 'x-request-id': 'the-same' }
        const refused = await visit(path, { ...stranger, headers, method })
        const unknown = await visit('/dev/nothing', { ...stranger, headers, method })
        expect(refused.status).toBe(404)
        expect(refused.text).toBe(unknown.text)
        expect([...refused.headers]).toEqual([...unknown.headers])
      }
    }
  })

  test('not even whoever reads the OpenAPI document', async () => {
    const visit = await develop()
    expect((await visit('/openapi.json')).text).not.toContain('/dev/')
  })
})

test('in production there is no such route, and an app with one is not made', async () => {
  const { auth, app } = await startServer()
  for (const path of paths) {
    const reply = await read(await app.request(path, { headers: here }, { address: '127.0.0.1' }))
    expect([reply.status, reply.body.code]).toEqual([404, 'not_found'])
  }
  for (const options of [{}, { mode: 'production' } as const]) {
    const create = () => createApp(auth, { ...options, mailbox: createMailbox() })
    expect(create).toThrow(RangeError)
    expect(create).toThrow("/dev/mailbox is for mode 'development' alone")
  }
})

test('another method is refused as everywhere', async () => {
  const visit = await develop()
  for (const path of paths) {
    const reply = await visit(path, { method: 'DELETE' })
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    expect(await visit(path, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' })
  }
})

test('the mail that was asked for arrives in it', async () => {
  const server = await startServer()
  await signUp(server)
  await server.send('POST /v1/passwords', { email_address: ann.email_address })
  await server.outbox.deliverDue()
  const visit = await develop(server.mailbox.mails)
  const { body } = await visit('/dev/mailbox.json')
  expect(body).toEqual({
    mails: [
      {
        id: expect.stringMatching(/^\w+@example\.com$/),
        to: 'ann@example.com',
        from: 'Projects <no-reply@example.com>',
        subject: 'Reset your password',
        date: '2026-01-01T12:00:00.000Z',
        text: server.mailbox.mails[0]?.text,
        html: server.mailbox.mails[0]?.html,
      },
    ],
  })
  const { text } = await visit(
    `/dev/mailbox?mail=${encodeURIComponent(body.mails[0].id)}&view=text`,
  )
  expect(text).toMatch(
    /<a href="https:\/\/app\.example\.com\/reset-password#lkr_\w+" target="_blank" rel="noreferrer">/,
  )
})

test('a sender without a name is the address alone', async () => {
  const from = { ...sender, name: null }
  const visit = await develop([mailAbout('Hello', { from })])
  expect((await visit('/dev/mailbox.json')).body.mails[0].from).toBe('no-reply@example.com')
})

test('the newest mail stands first', async () => {
  const mailbox: Mailbox = {
    mails: [mailAbout('Third one'), mailAbout('Second'), mailAbout('One')],
  }
  const visit = await develop(mailbox.mails)
  const { text } = await visit('/dev/mailbox')
  const subjects = [...text.matchAll(/class="subject">([^<]*)</g)].map((match) => match[1])
  expect(subjects).toEqual(['Third one', 'Second', 'One'])
  expect(text).toContain('3 mails')
  const { body } = await visit('/dev/mailbox.json')
  expect(body.mails.map(({ subject }: Mail) => subject)).toEqual(subjects)
})

test('an empty mailbox says how to get a mail, with the name that it was asked by', async () => {
  const visit = await develop()
  const { text } = await visit('/dev/mailbox', { headers: { host: 'localhost:4321' } })
  expect(text).toContain('No mail yet')
  expect(text).toContain('curl http://localhost:4321/v1/passwords -d email_address=')
  expect((await visit('/dev/mailbox.json')).body).toEqual({ mails: [] })
})

test('the page refreshes itself while no mail is open, unless it is told not to', async () => {
  const visit = await develop([mailAbout('Hello')])
  const refreshes = async (query: string) =>
    (await visit(`/dev/mailbox${query}`)).text.includes('http-equiv="refresh"')
  expect(await refreshes('')).toBe(true)
  expect(await refreshes('?refresh=off')).toBe(false)
  expect(await refreshes('?mail=5%40example.com')).toBe(false)
})

test('nothing in a mail becomes part of the page', async () => {
  const hostile = `"'><script>alert(1)</script><a href="javascript:x">`
  const mail = mailAbout(hostile, {
    messageId: `<1${hostile}@example.com>`,
    from: { ...sender, name: hostile },
    text: `${hostile} javascript:alert(1) https://a.example/"onclick=x and http://b.example/?a&b.`,
    html: `<p title="${hostile}">`,
  })
  const visit = await develop([mail])
  const { body } = await visit('/dev/mailbox.json')
  const open = `/dev/mailbox?mail=${encodeURIComponent(body.mails[0].id)}`
  for (const path of ['/dev/mailbox', open, `${open}&view=text`, `/dev/mailbox?mail=${hostile}`]) {
    const { text } = await visit(path)
    expect(text).not.toContain('<script')
    expect(text).not.toContain('href="javascript:')
    expect(text).not.toMatch(/<[^>]*\son\w+=/)
  }
  const { text } = await visit(`${open}&view=text`)
  expect([...text.matchAll(/<a href="(http[^"]*)"/g)].map((match) => match[1])).toEqual([
    'https://a.example/',
    'http://b.example/?a&#38;b',
  ])
})

test('the HTML of a mail is shown in a frame without scripts, whose links open a tab', async () => {
  const visit = await develop([mailAbout('Hello')])
  const { text } = await visit('/dev/mailbox?mail=5%40example.com')
  expect(text).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"')
  expect(text).toContain(
    'srcdoc="&#60;base target=&#34;_blank&#34;&#62;&#60;p&#62;About Hello&#60;/p&#62;"',
  )
})

test('a mail is shown as on the screen that was chosen, and so is the next one', async () => {
  const visit = await develop([mailAbout('Hello'), mailAbout('Another')])
  const first = '/dev/mailbox?mail=5%40example.com'
  for (const [query, shown, kept] of [
    ['', 'own', ''],
    ['&screen=dark', 'dark', '&#38;screen=dark'],
    ['&screen=light', 'light', '&#38;screen=light'],
    ['&screen=%22%3E', 'own', ''],
  ]) {
    const { text } = await visit(first + query)
    expect(text).toContain(`<iframe class="${shown}" title="Hello"`)
    expect(text).toContain(`<a href="mailbox?mail=7%40example.com${kept}">`)
    expect(text).toContain(`<a href="mailbox?mail=5%40example.com&#38;view=text${kept}">Text</a>`)
  }
  expect((await visit(`${first}&view=text&screen=dark`)).text).not.toContain('aria-label="Screen"')
})

test('a mail that is gone is 404, and the page says so', async () => {
  for (const mails of [[], [mailAbout('Hello')]]) {
    const visit = await develop(mails)
    const { status, text } = await visit('/dev/mailbox?mail=another')
    expect(status).toBe(404)
    expect(text).toContain('This mail is gone')
  }
})

test('the page may do nothing but have styles, and is kept by nobody', async () => {
  const visit = await develop()
  const { headers } = await visit('/dev/mailbox')
  expect(Object.fromEntries(headers)).toMatchObject({
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'content-type': 'text/html; charset=utf-8',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-request-id': expect.stringMatching(/./),
  })
  const json = await visit('/dev/mailbox.json')
  expect(json.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(json.headers.get('access-control-allow-origin')).toBe(null)
})
