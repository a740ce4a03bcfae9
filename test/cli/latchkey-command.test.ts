// The command, as a person or a program runs it, and its page in the docs.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createStore, type Message, type MessageKind, migrate } from 'latchkey/server'
import { expect, inject, test } from 'vitest'
import { commands } from '../../src/cli/commands/commands.ts'
import { openDatabase } from '../../templates/api/database.ts'
import { address } from '../harness.ts'
import { writeOrigins } from '../transfer/fixture.ts'
import { type Command, environment, prepareCommand, run } from './command.ts'

const entry = join(process.cwd(), 'src/cli/latchkey.ts')
const page = readFileSync('docs/reference/cli.md', 'utf8')
// The commands have the machine's clock, and sweep what has ended long ago.
const queuedAt = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 3 * 86_400_000)
const endedAt = new Date(queuedAt.getTime() + 3_000)
const dayLater = new Date(queuedAt.getTime() + 86_400_000)

type Row = [kind: MessageKind, recipient: string, end: Partial<Message> | null]

// Their IDs count from 1.
const rows: Row[] = [
  ['password_reset', 'ann@example.com', { status: 'sent' }],
  ['password_reset', 'ben@example.com', { status: 'failed', lastError: '550 5.1.1 User unknown' }],
  [
    'password_changed',
    'cleo@example.com',
    { status: 'unknown', lastError: 'The connection was lost' },
  ],
  ['password_reset', 'dora@example.com', { status: 'failed', lastError: '554 5.7.1 Refused' }],
  ['password_reset', 'dora@example.com', null],
]

/** The command, and a database in which these messages are. */
async function prepare(messages = rows): Promise<Command> {
  const command = await prepareCommand()
  const { database, migrations } = await openDatabase(command.databaseUrl)
  await migrate(database, migrations)
  const claim = { now: queuedAt, until: dayLater, latest: dayLater }
  for (const [kind, recipient, end] of messages) {
    await createStore(database).transaction(async (transaction) => {
      const times = { queuedAt, giveUpAt: dayLater }
      await transaction.insertMessage({
        kind,
        recipient: address(recipient),
        userId: null,
        apiKeyId: null,
        ...times,
      })
      const once = end && (await transaction.claimMessage(claim))
      // A mail is unknown only after its second try.
      const again = { ...claim, now: dayLater }
      const claimed = end?.status === 'unknown' ? await transaction.claimMessage(again) : once
      if (claimed) await transaction.updateMessage({ ...claimed, endedAt, ...end })
    })
  }
  await database.close()
  return command
}

async function list(command: Command, options = '') {
  const { stdout } = await run(command, `latchkey outbox list --json ${options}`)
  return JSON.parse(stdout).messages
}

test.each([
  ['', 'Usage: latchkey COMMAND'],
  ['--help', 'Usage: latchkey COMMAND'],
  ['help', 'Usage: latchkey COMMAND'],
  ['outbox', 'Usage: latchkey outbox COMMAND'],
  ['help outbox', 'Usage: latchkey outbox COMMAND'],
  ['outbox -h', 'Usage: latchkey outbox COMMAND'],
  ['outbox list --help', 'Usage: latchkey outbox list '],
  ['outbox retry 1 --nonsense -h', 'Usage: latchkey outbox retry '],
  ['help outbox retry', 'Usage: latchkey outbox retry '],
])('latchkey %s prints help, with usage, examples and the environment', async (args, usage) => {
  const { code, stdout, stderr } = await run(await prepareCommand(), `latchkey ${args}`)
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.startsWith(usage)).toBe(true)
  for (const part of ['--help', 'DATABASE_URL', 'Examples:\n  latchkey ']) {
    expect(stdout).toContain(part)
  }
  expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100)
})

test('the version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  const ran = await run(await prepareCommand(), 'latchkey --version')
  expect(ran).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
})

test.each([
  ['outbix', "There is no command 'outbix': see latchkey --help"],
  ['outbox lits', "There is no command 'outbox lits': see latchkey outbox --help"],
  ['help outbix', "There is no command 'outbix': see latchkey --help"],
  ['--frob', "Unknown option '--frob': see latchkey --help"],
  ['outbox --json', "Unknown option '--json': see latchkey outbox --help"],
  ['outbox list --frob', "Unknown option '--frob': see latchkey outbox list --help"],
  ['outbox list 1', "Unexpected argument '1': see latchkey outbox list --help"],
  ['outbox list --json=1', "Option '--json' does not take an argument: see"],
  ['outbox list --status', "Option '--status <value>' argument missing: see"],
  ['outbox list --status --json', '--status has no value, or one that begins with a dash: write'],
  [
    'outbox list --limit -1',
    '--limit has no value, or one that begins with a dash: write --limit=N',
  ],
  ['outbox list --status open', '--status must be one of queued, sent, failed, unknown: see'],
  ['outbox list --status ""', '--status must be one of queued, sent, failed, unknown: see'],
  ['outbox list --limit 0', '--limit must be a whole number from 1 to 1000: see'],
  ['outbox list --limit 1001', '--limit must be a whole number from 1 to 1000: see'],
  ['outbox list --limit 1e2', '--limit must be a whole number from 1 to 1000: see'],
  ['outbox list --after 1x', "'1x' is no ID: an ID is a whole number: see latchkey outbox list"],
  ['outbox retry', 'Either IDs are needed, or --failed or --unknown: see'],
  ['outbox retry 1 --failed', 'Either IDs are needed, or --failed or --unknown: see'],
  ['outbox retry 1 1x', "'1x' is no ID: an ID is a whole number: see latchkey outbox retry"],
  ["$'\\e[31m'", "There is no command '\ufffd[31m'"],
])('latchkey %s is wrong usage: one line that leads to the help', async (args, sentence) => {
  const { code, stdout, stderr } = await run(await prepareCommand(), `latchkey ${args}`)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr.startsWith(sentence)).toBe(true)
  expect(stderr).toMatch(/^[^\n]+ --help\n$/)
})

test('messages are listed newest first, with names that stay, in JSON', async () => {
  const messages = await list(await prepare())
  expect(messages.map(({ id }: Message) => id)).toEqual([5, 4, 3, 2, 1])
  expect(messages[1]).toEqual({
    id: 4,
    kind: 'password_reset',
    recipient: 'dora@example.com',
    status: 'failed',
    attempts: 1,
    queued_at: queuedAt.toISOString(),
    due_at: null,
    give_up_at: dayLater.toISOString(),
    ended_at: endedAt.toISOString(),
    last_error: '554 5.7.1 Refused',
  })
  const waiting = { due_at: queuedAt.toISOString(), ended_at: null, last_error: null }
  expect(messages[0]).toMatchObject(waiting)
})

test('a list may be of one status, and has an end', async () => {
  const command = await prepare()
  const ids = async (options: string) => {
    return (await list(command, options)).map(({ id }: Message) => id)
  }
  expect(await ids('--status failed')).toEqual([4, 2])
  expect(await ids('--limit 2')).toEqual([5, 4])
  expect(await ids('--status unknown --limit=1')).toEqual([3])
})

test('with --dev a command reads .env.development, as the server does, and what is set counts first', async () => {
  const command = await prepare()
  writeFileSync(join(command.folder, '.env.development'), `DATABASE_URL=${command.databaseUrl}\n`)
  const ran = await run(command, 'unset DATABASE_URL; latchkey outbox list --dev --json')
  expect([ran.code, JSON.parse(ran.stdout).messages]).toEqual([0, await list(command)])
  const doctor = await run(command, 'unset DATABASE_URL; latchkey doctor --dev --json')
  expect(doctor.stdout).toMatch(/\{"what":"schema","state":"ok"/)
  const other = 'DATABASE_URL=sqlite:storage/other.sqlite3 latchkey outbox list --dev'
  expect(await run(command, other)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^There is no database at .*\/other\.sqlite3: /),
  })
})

test('without --dev a command reads no file, and says how to have it read where one is there', async () => {
  const command = await prepare()
  for (const name of ['.env', '.env.development']) {
    writeFileSync(join(command.folder, name), `DATABASE_URL=${command.databaseUrl}\n`)
  }
  const { code, stderr } = await run(command, 'unset DATABASE_URL; latchkey outbox list')
  expect([code, stderr]).toEqual([1, expect.stringContaining('node --env-file=.env')])
  const line = `'${process.execPath}' --conditions=source --env-file=.env '${entry}' outbox list --json`
  const { stdout } = await run(command, `unset DATABASE_URL; ${line}`)
  expect(JSON.parse(stdout).messages).toEqual(await list(command))
})

test('nothing to list is a sentence for people, and an empty list for programs', async () => {
  const command = await prepare([])
  const ran = await run(command, 'latchkey outbox list; latchkey outbox list --status failed')
  expect(ran).toEqual({
    code: 0,
    stdout: 'There are no messages.\nThere are no failed messages.\n',
    stderr: '',
  })
  expect(await list(command)).toEqual([])
})

test('fifty are shown where nobody says how many, and how to see the next ones is said', async () => {
  const many = Array.from({ length: 51 }, (_, index): Row => {
    return ['password_reset', `user${index}@example.com`, null]
  })
  const command = await prepare(many)
  const { stdout, stderr } = await run(command, 'latchkey outbox list')
  expect(stdout.split('\n')).toHaveLength(52)
  expect(stderr).toBe('50 are shown; --after 2 shows the next ones\n')
  expect((await run(command, 'latchkey outbox list --limit 51')).stderr).toBe('')
  expect(await list(command, '--after 2')).toEqual([expect.objectContaining({ id: 1 })])
  expect(await list(command, '--after 2 --status sent')).toEqual([])
})

test('no control character of a row reaches the terminal', async () => {
  const lastError = 'no\u001b[2J\nfake  row\u202e\u0085\u{e0001}'
  const command = await prepare([
    ['password_reset', 'ann@example.com', { status: 'failed', lastError }],
  ])
  const { stdout } = await run(command, 'latchkey outbox list; latchkey outbox list --json')
  expect(stdout).not.toMatch(/[[\p{Cc}\p{Cf}]--\n]/v)
  expect(stdout.split('\n')).toHaveLength(4)
  expect((await list(command))[0].last_error).toBe(lastError)
})

test('what ended without being sent is queued for another day, and nothing else is', async () => {
  const command = await prepare()
  const before = Date.now()
  const { code, stdout, stderr } = await run(command, 'latchkey outbox retry 1 2 3 4 5 6 2')
  expect([code, stdout]).toEqual([0, '2 messages are queued again: 2, 3\n'])
  expect(stderr.trim().split('\n')).toEqual([
    '1 was not queued again: it was sent',
    '4 was not queued again: one like it for the same address is queued',
    '5 was not queued again: it is queued',
    '6 was not queued again: there is no such message',
  ])
  const messages = await list(command)
  const statuses = messages.map(({ status }: Message) => status)
  expect(statuses).toEqual(['queued', 'failed', 'queued', 'queued', 'sent'])
  const { due_at, give_up_at, ended_at } = messages[3]
  expect(Date.parse(due_at)).toBeGreaterThanOrEqual(before)
  expect(Date.parse(give_up_at) - Date.parse(due_at)).toBe(24 * 3_600_000)
  expect(ended_at).toBeNull()
})

test.each([
  ['--failed', { queued: [2], refused: [{ id: 4, reason: 'reset_already_queued' }] }],
  ['--unknown', { queued: [3], refused: [] }],
  ['--failed --unknown', { queued: [2, 3], refused: [{ id: 4, reason: 'reset_already_queued' }] }],
])('retry %s takes all that ended so, and says it in JSON', async (choice, outcome) => {
  const { code, stdout, stderr } = await run(
    await prepare(),
    `latchkey outbox retry --json ${choice}`,
  )
  expect([code, JSON.parse(stdout), stderr]).toEqual([0, outcome, ''])
})

test('of two failed resets for one address one is queued again, however many there are', async () => {
  const twice = Array.from({ length: 202 }, (_, index): Row => {
    const recipient = `user${index % 201}@example.com`
    return ['password_reset', recipient, { status: 'failed', lastError: 'no' }]
  })
  const { stdout } = await run(await prepare(twice), 'latchkey outbox retry --failed --json')
  const { queued, refused } = JSON.parse(stdout)
  expect(queued).toHaveLength(201)
  expect(refused).toEqual([{ id: 202, reason: 'reset_already_queued' }])
})

test.each([
  ['1 5', 'it was sent'],
  ['7', 'there is no such message'],
  ['999999999999999', 'there is no such message'],
])('a retry of %s queues nothing: it is refused, with the reasons', async (ids, reason) => {
  const command = await prepare()
  const { code, stdout, stderr } = await run(command, `latchkey outbox retry ${ids}`)
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain(`was not queued again: ${reason}\n`)
  expect(stderr).toContain('Nothing was queued again; latchkey outbox list shows what there is\n')
})

test('a retry of all, where there is none, is refused, in JSON too', async () => {
  const command = await prepare([])
  const ran = await run(command, 'latchkey outbox retry --failed --json')
  expect([ran.code, JSON.parse(ran.stdout)]).toEqual([1, { queued: [], refused: [] }])
  expect(ran.stderr).toContain('Nothing was queued again')
})

test('whoever reads the output may go away: nothing is said, and the work is done', async () => {
  const command = await prepare()
  for (const args of [['list'], ['retry', '--unknown'], ['list', '--help']]) {
    const child = spawn(join(command.folder, 'latchkey'), ['outbox', ...args], {
      cwd: command.folder,
      env: environment(command),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.destroy()
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      stderr += chunk
    })
    expect([await once(child, 'close'), stderr]).toEqual([[0, null], ''])
  }
  expect((await list(command, '--status queued')).map(({ id }: Message) => id)).toEqual([5, 3])
})

test('output that cannot be written is no success', async () => {
  const { code, stderr } = await run(await prepare(), 'latchkey outbox list 1< latchkey')
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^The output could not be written: /)])
})

test('every command has its section in the docs with its options, and no other', () => {
  const sections = page.split(/^## /m).slice(1)
  const documented = sections.filter((section) => section.startsWith('`latchkey '))
  expect(documented.map((section) => /^`latchkey ([^`]+)`/.exec(section)?.[1])).toEqual(
    commands.map(({ name }) => name),
  )
  for (const [index, { options }] of commands.entries()) {
    const named = documented[index]?.match(/(?<=^\| `--)[\w-]+/gm) ?? []
    // The page says it once, of all that have it.
    const own = Object.keys(options).filter((name) => name !== 'dev')
    expect([...named].sort()).toEqual(own.sort())
  }
})

const examples = [...page.matchAll(/```console\n([\s\S]*?)```/g)].map(([, block = '']) => block)

test('there is an example of every command', () => {
  for (const { name } of commands) expect(examples.join()).toContain(`$ latchkey ${name}`)
})

// The names of the migrations are those for SQLite.
const oneOnSqlite = '0003_sessions_by_digest'
const shownHere = examples.filter(
  (example) => inject('database') === 'sqlite' || !example.includes(oneOnSqlite),
)

test.each(shownHere)('the example is what really happens: %s', async (example) => {
  const command = await prepare()
  cpSync('templates/api/migrations', join(command.folder, 'migrations'), { recursive: true })
  if (example.includes('latchkey import')) writeOrigins(join(command.folder, 'old'))
  const lines = example.trimEnd().split('\n')
  const typed = lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2))
  const shown = lines.filter((line) => !line.startsWith('$ '))
  const { stdout } = await run(command, `exec 2>&1\n${typed.join('\n')}\nexit 0`)
  expect(mask(stdout.trimEnd())).toBe(mask(shown.join('\n')))
})

function mask(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'INSTANT')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'UUID')
    .replace(/(?<=with the password )[\w-]{20}/g, 'PASSWORD')
    .replace(/(?<=seconds(?: +|":))[\d.]+/g, 'SECONDS')
}
