// The files of the guide to mails compile under strict rules, and mails are what it says of them.
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createApp, type MailOptions, nodeServer } from 'latchkey/server'
import { expect, onTestFinished, test } from 'vitest'
import { mails as ofTemplate } from '../../templates/api/mails.ts'
import { startServer, temporaryFolder } from '../harness.ts'
import { kinds, sample } from '../mail/sample-mails.ts'

const run = promisify(execFile)
const guide = readFileSync('docs/guides/mails.md', 'utf8')
const [first = '', german = ''] = blocksOf('ts')
const [command = '', ...more] = blocksOf('sh')

function blocksOf(language: string): string[] {
  const blocks = guide.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))
  return [...blocks].map(([, code = '']) => code)
}

// As whoever copies it has it: it is compiled, and read.
async function mailsOf(code: string): Promise<MailOptions> {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(process.cwd(), join(folder, 'node_modules/latchkey'))
  symlinkSync(join(process.cwd(), 'node_modules/@types'), join(folder, 'node_modules/@types'))
  const extended = { extends: join(process.cwd(), 'tsconfig.json'), include: ['mails.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(extended))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'mails.ts'), code)
  await run('node_modules/.bin/tsc', ['--project', folder])
  const { mails } = await import(join(folder, 'mails.ts'))
  return mails
}

test('every kind of mail is in the table, and no other', () => {
  const rows = [...guide.matchAll(/^\| `(\w+)` \|/gm)].map(([, kind]) => kind)
  expect(rows).toEqual(kinds)
})

test('the first file changes what it names, and nothing else', async () => {
  const mails = await mailsOf(first)
  const { subject, text, html } = sample('password_reset', mails)
  expect(subject).toBe('Your new Garden password')
  expect(text).toContain('\nChoose it:\n')
  expect(text).toContain('The link works once, for 15 minutes.')
  expect(html).toContain('#1b6b3a')
  expect(html).toContain('#7fd6a2')
  const { text: notice } = sample('new_sign_in', mails)
  expect(notice).toMatch(/^A new device has used Garden since Tue, 03 Feb 2026 23:59:30 GMT\.\n/)
  expect(sample('registration', mails)).toEqual(sample('registration', { ...mails, words: {} }))
})

test('the German file leaves no English in any mail', async () => {
  const mails = await mailsOf(german)
  const english = /\b(the|this|your|if|go to)\b/i
  for (const kind of kinds) {
    expect(sample(kind).text).toMatch(english)
    const { subject, text, html } = sample(kind, mails)
    expect(subject + text + html.replace(/<[^>]*>/g, '')).not.toMatch(english)
    expect(html).toContain('<html lang="de">')
  }
  expect(sample('api_key_created', mails).text.replaceAll('\n', ' ')).toContain(
    'Der API-Schlüssel „Nightly build“ wurde am 4. Februar 2026 um 00:59 Uhr für Ihr Konto',
  )
})

test('the command of the guide brings a mail into the mailbox', async () => {
  const server = await startServer()
  const { auth, mailbox, outbox } = server
  await auth.createUser({ emailAddress: 'demo@example.com', password: 'correct horse battery' })
  const http = nodeServer(createApp(auth, { mode: 'development', mailbox })).listen(0)
  onTestFinished(() => void http.close())
  const here = `http://localhost:${Object(http.address()).port}`
  await run('bash', ['--norc', '-c', command.replaceAll('http://localhost:3000', here)])
  await outbox.deliverDue()
  const { mails } = Object(await (await fetch(`${here}/dev/mailbox.json`)).json())
  expect(mails).toMatchObject([{ to: 'demo@example.com', subject: 'Reset your password' }])
  expect(more).toEqual([])
})

test('the template keeps the subjects that mails always have, and its name is in each', () => {
  for (const kind of kinds) {
    const { subject, text } = sample(kind, ofTemplate)
    expect(subject).toBe(sample(kind).subject)
    expect(text).toMatch(/\n\nProjects \(app\.example\.com:8443\)\n$/)
  }
})
