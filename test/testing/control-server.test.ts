// The program that a suite in another language starts: the template's, in a process of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { migrate } from 'latchkey/server'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../templates/api/database.ts'
import { emptyDatabaseUrl } from '../harness.ts'
import { count } from './projects-api.ts'

interface Started {
  readonly api: string
  readonly control: string
  /** What it said on standard error. */
  complaints(): string
  end(): Promise<number | null>
}

/** @returns when it listens, or has ended */
async function startProgram(variables: Record<string, string> = {}): Promise<Started> {
  const env = { ...process.env, PORT: '0', CONTROL_PORT: '0', ...variables }
  const args = ['--conditions=source', 'control-server.ts']
  const child = spawn(process.execPath, args, { cwd: 'templates/api', env })
  const ended = once(child, 'exit')
  const end = async () => {
    child.kill('SIGTERM')
    await ended
    return child.exitCode
  }
  onTestFinished(async () => void (await end()))
  let [said, complaints] = ['', '']
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    complaints += chunk
  })
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    said += chunk
  })
  while (!said.includes('\n') && child.exitCode === null) {
    await Promise.race([once(child.stdout, 'data'), ended])
  }
  const { api = '', control = '' } = said === '' ? {} : JSON.parse(said)
  return { api, control, complaints: () => complaints, end }
}

const post = (url: string, body?: object) =>
  fetch(url, {
    method: 'POST',
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })

test('it serves the API and what steers it, takes a reset from the one to the other, and ends', async () => {
  const databaseUrl = await emptyDatabaseUrl()
  const { api, control, end } = await startProgram({ TEST_DATABASE_URL: databaseUrl })
  const whoIs = (headers: Record<string, string>) => fetch(`${api}/v1/user`, { headers })
  const { headers } = Object(await (await post(`${control}/sessions`, {})).json())
  expect((await whoIs(headers)).status).toBe(200)
  await post(`${control}/clock`, { advance: { days: 30 } })
  expect((await whoIs(headers)).status).toBe(401)
  expect((await post(`${control}/reset`)).status).toBe(200)
  const { database } = await openDatabase(databaseUrl)
  expect(await count({ database }, 'users')).toBe(0)
  await database.close()
  expect(await end()).toBe(0)
})

test('nobody in the network reaches either of them', async () => {
  const { api, control } = await startProgram({ HOST: '0.0.0.0' })
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address)
  // Also of this machine, where it has no other address: all of 127/8 leads here.
  for (const host of [...addresses, '127.0.0.2']) {
    for (const url of [api, control]) {
      const socket = connect({ host, port: Number(new URL(url).port) })
      expect(await once(socket, 'connect').catch((error) => error.code)).toBe('ECONNREFUSED')
    }
  }
})

test('a page that was led here by another name gets nothing, over a real connection', async () => {
  const { control } = await startProgram()
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(control).port) })
  socket.write('GET /mails HTTP/1.1\r\nHost: attacker.example\r\nConnection: close\r\n\r\n')
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1\.1 403 /)
  socket.destroy()
})

test('it ends in a sentence where it must not or cannot start', async () => {
  const foreign = await emptyDatabaseUrl()
  const { database, migrations } = await openDatabase(foreign)
  await migrate(database, migrations)
  await database.close()
  const taken = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await once(taken, 'listening')
  const refusals: [Record<string, string>, RegExp][] = [
    [
      { NODE_ENV: 'production' },
      /^startControlServer\(\) is for tests, and NODE_ENV is production/,
    ],
    [{ TEST_DATABASE_URL: foreign }, /^The database has tables that no test made/],
    [{ TEST_DATABASE_URL: 'mysql://localhost' }, /^TEST_DATABASE_URL must be sqlite:/],
    [{ TEST_DATABASE_URL: 'postgres://a:b@127.0.0.1:9/c' }, /^TEST_DATABASE_URL cannot be used: /],
    [{ CONTROL_PORT: 'x' }, /^CONTROL_PORT must be a whole number/],
    [{ CONTROL_PORT: String(Object(taken.address()).port) }, /EADDRINUSE.*CONTROL_PORT=3109/],
  ]
  for (const [variables, sentence] of refusals) {
    const { api, complaints, end } = await startProgram(variables)
    expect([await end(), api]).toEqual([1, ''])
    expect(complaints()).toMatch(sentence)
    expect(complaints().trim().split('\n')).toHaveLength(1)
  }
}, 60_000)

test('what DATABASE_URL names is not touched', async () => {
  const databaseUrl = await emptyDatabaseUrl()
  const { control } = await startProgram({ DATABASE_URL: databaseUrl })
  await post(`${control}/reset`)
  if (databaseUrl.startsWith('sqlite:')) {
    expect(existsSync(databaseUrl.replace('sqlite:', ''))).toBe(false)
    return
  }
  const { database } = await openDatabase(databaseUrl)
  await expect(count({ database }, 'users')).rejects.toMatchObject({
    code: 'unavailable',
    cause: { message: expect.stringContaining('does not exist') },
  })
  await database.close()
})
