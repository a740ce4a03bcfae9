// What is so of every mail, whatever it is about, and whatever an application makes of it.
import { createMailbox, createOutbox, type MailOptions } from 'latchkey/server'
import { describe, expect, test } from 'vitest'
import type { OwnWords } from '../../src/mail/messages/words.ts'
import {
  ann,
  bearer,
  createApiKey,
  mailedToken,
  mailFrom,
  sender,
  startServer,
} from '../harness.ts'
import { kinds, links, sample, token } from './sample-mails.ts'

const subjects = {
  password_reset: 'Reset your password',
  password_changed: 'Your password was changed',
  new_sign_in: 'New sign-in to your account',
  email_verification: 'Confirm your email address',
  email_changed: 'Your email address was changed',
  registration: 'Confirm your email address',
  address_taken: 'Somebody tried to sign up with your address',
  api_key_created: 'A new API key was created',
  api_key_expiring: 'An API key is about to expire',
}

const hasToken = (mail: string) => /lk[a-z]_/.test(mail)

describe.each(kinds)('the mail %s', (kind) => {
  const { subject, text, html } = sample(kind)
  const link = links[kind]

  test('has the subject that it always has', () => {
    expect(subject).toBe(subjects[kind])
    expect(html).toContain(`<title>${subject}</title>`)
  })

  test('says the same in text and in HTML', () => {
    const inText = text.trimEnd().split('\n\n').map(unwrapped)
    expect(piecesOf(html).sort()).toEqual(['Projects', subject, ...inText].sort())
    expect(inText.at(-1)).toBe('Projects (app.example.com:8443)')
  })

  test('shows where it leads, and leads nowhere else', () => {
    expect(text.split('\n').filter((line) => line.includes('://'))).toEqual([link])
    expect(html.match(/\w+:\/\/[^"<]*/g)).toEqual([link, link])
    expect(html.match(/<a [^>]*?href="[^"]*"/g)).toEqual([`<a href="${link}"`])
    expect(text + html).not.toMatch(/@(?!media)|mailto|tel:/)
  })

  test('loads nothing and runs nothing', () => {
    expect(html).not.toMatch(/\bsrc|<link|<script|<img|<i?frame|<form|@import|url\(|\son\w+=/i)
  })

  test('is announced by what happened, and not by its subject twice', () => {
    const [, announced] = /<body[^>]*>\s*<div style="display:none[^>]*>([^<]*)</.exec(html) ?? []
    expect(readable(announced ?? '')).toBe(unwrapped(text.split('\n\n')[0] ?? ''))
  })

  test('is wrapped where it is read as text, but for its link', () => {
    const lines = text.split('\n').filter((line) => line !== link)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(72)
    expect(text).not.toMatch(/\n\n\n| \n|[^\n]$/)
  })

  test('keeps what an application says what it is: words', () => {
    const hostile =
      '<b>Hi</b>\r\nBcc: victim@example.com\n\n\u2028<script>alert(1)</script>&amp;\ud800"'
    const said = { subject: hostile, before: [hostile, hostile], button: hostile, after: [hostile] }
    const mail = sample(kind, { words: { [kind]: () => said } })
    const inLine = '<b>Hi</b> Bcc: victim@example.com <script>alert(1)</script>&amp; "'
    expect(mail.subject).toBe(inLine)
    expect(mail.html).not.toMatch(/<b>|<script|&amp;/)
    expect(piecesOf(mail.html)).toEqual(expect.arrayContaining(Array(5).fill(inLine)))
    const paragraphs = mail.text.split('\n\n').map(unwrapped)
    expect(paragraphs.filter((each) => each === inLine)).toHaveLength(4)
    expect(mail.html.split(link)).toHaveLength(3)
  })

  test('keeps the rest where an application says one thing', () => {
    const mail = sample(kind, { words: { [kind]: () => ({ button: 'Weiter' }) } })
    const [, button = ''] = /<a [^>]*>([^<]*)<\/a>/.exec(html) ?? []
    expect(mail).toEqual({
      subject,
      text: text.replace(`${button}:\n`, 'Weiter:\n'),
      html: html.replace(`>${button}</a>`, '>Weiter</a>'),
    })
  })

  test('keeps its link what it is: text', () => {
    const { html } = sample(kind, {}, { link: `${link}"><script>alert('&')</script>` })
    expect(html).not.toContain('<script>')
    expect(html).toContain('&#34;&#62;&#60;script&#62;alert(&#39;&#38;&#39;)')
  })
})

function unwrapped(paragraph: string): string {
  return paragraph.trim().replace(/\n/g, ' ').replace(/:$/, '')
}

// What is shown, piece by piece.
function piecesOf(html: string): string[] {
  const shown = html.replace(/<!--.*?-->|<(head|div)[\s\S]*?<\/\1>/g, '')
  const pieces = shown.split(/<[^>]*>/).map((piece) => readable(piece).trim())
  return pieces.filter((piece) => piece !== '')
}

function readable(escaped: string): string {
  return escaped.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
}

test('when something happened is said in UTC, and how long a link works in words', () => {
  expect(unwrapped(sample('email_changed').text)).toContain(
    'has had another one since 3 February 2026 at 23:59 UTC.',
  )
  expect(unwrapped(sample('api_key_expiring').text)).toContain('“Nightly build”')
  expect(sample('password_reset').text).toContain('The link works once, for 15 minutes.')
})

describe('the application is called', () => {
  const nameless = { ...sender, name: null }
  const cases: [string, MailOptions, typeof sender][] = [
    ['what it says', { name: 'Büro & Söhne' }, sender],
    ['as the sender, where it says nothing', {}, sender],
    ['by its host, where nobody has a name', {}, nameless],
  ]
  test.each(cases)('%s', (_how, options, from) => {
    const name = options.name ?? from.name ?? 'app.example.com:8443'
    const { text, html } = sample('address_taken', options, { from })
    expect(text).toContain(`for an account at ${name}.`)
    expect(text).toContain(`Go to ${name}:\n`)
    expect(piecesOf(html)[0]).toBe(name)
    const place = from === nameless ? name : `${name} (app.example.com:8443)`
    expect(piecesOf(html).at(-1)).toBe(place)
    expect(text.endsWith(`\n\n${place}\n`)).toBe(true)
  })
})

test('an application has its colours and its language in every mail', () => {
  const colors = {
    light: { accent: '#006644', onAccent: '#FFFFFF' },
    dark: { accent: '#66ddaa', onAccent: '#001a11' },
  }
  for (const kind of kinds) {
    const { html } = sample(kind, { colors, language: 'de' })
    expect(html.match(/ lang="de"/g)).toHaveLength(2)
    expect(html).toContain('background-color:#006644;color:#FFFFFF;')
    expect(html).toContain('.button { background-color: #66ddaa !important; color: #001a11 !')
  }
})

const good = { accent: '#1f4fd8', onAccent: '#ffffff' }
const faults: [string, MailOptions, string][] = [
  ['no name', { name: ' ' }, '“ ” is not a name of one line'],
  ['a name of two lines', { name: 'A\r\nBcc: b' }, '“A\r\nBcc: b” is not a name of one line'],
  [
    'light colours that nobody can read',
    { colors: { light: { accent: '#888888', onAccent: '#ffffff' }, dark: good } },
    'In light mails the button is hard to read: #ffffff on #888888 is a contrast of 3.54, and 4.5 is the least',
  ],
  [
    'dark colours that nobody can read',
    { colors: { light: good, dark: { accent: '#ffffff', onAccent: '#ffffff' } } },
    'In dark mails the button is hard to read: #ffffff on #ffffff is a contrast of 1.00, and 4.5 is the least',
  ],
  ...['red', '#fff', '#1f4fd8;}', '#1f4fd8\n', '</style>'].map(
    (accent): (typeof faults)[number] => [
      `the colour ${JSON.stringify(accent)}`,
      { colors: { light: good, dark: { ...good, accent } } },
      `${accent} is not a colour like #1f4fd8`,
    ],
  ),
]

test.each(faults)('an outbox with %s is not made', async (_what, mails, sentence) => {
  const { auth } = await startServer()
  const options = { transport: createMailbox(), from: mailFrom, appUrl: 'https://app.example.com' }
  expect(() => createOutbox(auth, { ...options, mails })).toThrow(new RangeError(sentence))
})

test('of all that is mailed only what is for a token holds one, and no function of words sees it', async () => {
  const seen: string[] = []
  const spy = (values: object) => {
    seen.push(JSON.stringify(values))
    return {}
  }
  const words: OwnWords = Object.fromEntries(kinds.map((kind) => [kind, spy]))
  const mails = await mailEverything({ words })
  expect(mails.map(({ subject }) => subject).sort()).toEqual(
    // Once for the user's address, and once for the one that they want.
    [...Object.values(subjects), subjects.email_verification].sort(),
  )
  for (const { subject, text, html } of mails) {
    const isFor = /^(Reset your password|Confirm your email address)$/.test(subject)
    expect([subject, hasToken(text), hasToken(html)]).toEqual([subject, isFor, isFor])
  }
  expect(seen).toHaveLength(mails.length)
  expect(seen.filter(hasToken)).toEqual([])
  expect(hasToken(token)).toBe(true)
})

test('a mail whose words cannot be had does not leave and leaves no token; once they can it is sent', async () => {
  let isBroken = true
  const words: OwnWords = {
    password_reset: () => {
      if (isBroken) throw new Error('No translation')
      return { subject: 'Neues Passwort' }
    },
  }
  const { auth, clock, mailbox, outbox } = await startServer({ mails: { words } })
  const { store } = auth.config
  const user = await auth.createUser({ emailAddress: ann.email_address, password: ann.password })
  await auth.requestPasswordReset(ann.email_address)
  await outbox.deliverDue()
  expect(mailbox.mails).toEqual([])
  const horizon = { expiresAfter: clock(), createdUntil: new Date(clock().getTime() + 300_000) }
  expect(await store.countPasswordResets(user, horizon)).toBe(0)
  const [message] = await store.listMessages(null, { limit: 1 })
  expect(message).toMatchObject({ status: 'queued', lastError: 'Error: No translation' })
  isBroken = false
  clock.advance({ minutes: 2 })
  await outbox.deliverDue()
  expect(mailbox.mails).toMatchObject([{ subject: 'Neues Passwort' }])
  expect(await store.countPasswordResets(user, horizon)).toBe(1)
})

test('what somebody calls a key leads nowhere: it is neither markup nor a link nor an address', async () => {
  const name = '<a href="x">https://evil.example/now</a> mail eve@evil.example'
  const mails = await mailEverything({}, name)
  const about = mails.filter(({ subject }) => subject.includes('API key'))
  expect(about).toHaveLength(2)
  for (const { text, html } of about) {
    expect(text).toContain('<a href="x">')
    expect(html).not.toContain('<a href="x"')
    for (const part of [text, html]) expect(part).not.toMatch(/evil\.example|:\/\/evil|eve@/)
  }
})

test('a key that is called by marks alone has its name in the mails', async () => {
  const mails = await mailEverything({}, '../..')
  const about = mails.filter(({ subject }) => subject.includes('API key'))
  expect(about).toHaveLength(2)
  for (const { text } of about) expect(text).toContain('../..')
})

/** A server that has sent a mail of every kind, and what it sent. */
async function mailEverything(mails: MailOptions, name = 'Nightly build') {
  const server = await startServer({ auth: { signUp: 'confirm' }, mails })
  const { auth, clock, mailbox, outbox, send } = server
  await auth.createUser({ emailAddress: ann.email_address, password: ann.password })
  await send('POST /v1/registrations', ann)
  await send('POST /v1/registrations', { ...ann, email_address: 'bob@example.com' })
  const logIn = async (agent: string) =>
    (await send('POST /v1/session', ann, { 'user-agent': agent })).body.token
  await logIn('curl/8.0')
  const own = bearer(await logIn('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0'))
  await outbox.deliverDue()
  const prove = async () => {
    await outbox.deliverDue()
    await send('PUT /v1/email_verifications', { token: mailedToken(server) }, own)
  }
  await send('POST /v1/email_verifications', undefined, own)
  await prove()
  const expires_at = new Date(clock().getTime() + 8 * 86_400_000).toISOString()
  await createApiKey(server, own.authorization.slice(7), { name, expires_at })
  await send('POST /v1/passwords', ann)
  await outbox.deliverDue()
  await send('PATCH /v1/user', { email_address: 'carol@example.com' }, own)
  await prove()
  const password = 'another horse battery'
  await send('PUT /v1/password', { password_challenge: ann.password, password }, own)
  clock.advance({ days: 2 })
  await outbox.deliverDue()
  return mailbox.mails
}
