// The code of the guide to mobile apps compiles under strict rules, and runs as it stands there.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { nodeServer } from 'latchkey/server'
import { expect, onTestFinished, test } from 'vitest'
import { mailedToken, type Server, startServer, temporaryFolder } from '../harness.ts'

const run = promisify(execFile)
const guide = readFileSync('docs/guides/mobile.md', 'utf8')
const blocks = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code)

const person = { email_address: 'ann@example.com', password: 'correct horse battery' }

test('the guide has code for each of its acts, and other code only for what was not tried', () => {
  expect(blocks).toHaveLength(7)
  expect(guide.match(/^```\w+$/gm)?.filter((fence) => fence !== '```ts')).toEqual(['```sh'])
  expect(guide).toContain('openapi-generator was not run')
})

test('it compiles under strict rules as one file', async () => {
  const folder = prepareFolder()
  writeFileSync(join(folder, 'app.ts'), blocks.join(''))
  await run('node_modules/.bin/tsc', ['--project', folder]).catch(({ stdout }) => {
    throw new Error(stdout)
  })
})

test('an app that is made of the guide starts, signs up, logs in, and logs out', async () => {
  const [token = '', start = '', signUp = '', devices = '', , ...rest] = blocks
  const [rotation = '', logOut = ''] = rest
  const server = await startServer()
  const phone = await publish(server)
  const shown = await phone(`${token}${start}${signUp}
await logIn('ann@example.com', 'wrong')
await logIn('ann@example.com', 'correct horse battery')
await client.sessions.deleteOthers()
await logIn('ann@example.com', 'correct horse battery')
${devices}${rotation}${logOut}
show('kept', String(await storage.read()))`)
  expect(shown).toEqual([
    'log in',
    'home ann@example.com',
    'log in Invalid email address or password',
    'home ann@example.com',
    'home ann@example.com',
    'device Ann’s telephone (this one)',
    'log in You have been logged out',
    'log in ',
    'kept null',
  ])
})

test('it starts again with what the phone has kept, and a revoked session is told once', async () => {
  const [token = '', start = '', signUp = ''] = blocks
  const server = await startServer()
  const phone = await publish(server)
  await phone(`${token}${start}${signUp}`)
  expect(await phone(`${token}${start}`)).toEqual(['home ann@example.com'])
  const nowhere = token.replace('https://api.example.com', 'http://127.0.0.1:1')
  const away = await phone(nowhere + start)
  expect(away).toEqual(['home Offline'])
  await server.auth.revokeSessions(await userIdOf(server))
  expect(await phone(`${token}${start}`)).toEqual(['log in You have been logged out', 'log in'])
  expect(await phone(`${token}${start}`)).toEqual(['log in'])
})

test('a password is changed, and reset by the link of the mail', async () => {
  const [token = '', , signUp = '', , passwords = ''] = blocks
  const server = await startServer()
  const phone = await publish(server)
  await phone(token + signUp + passwords)
  await server.outbox.deliverDue()
  const link = `https://app.example.com/reset-password#${mailedToken(server)}`
  expect(server.mailbox.mails[0]?.text).toContain(link)
  const [, opens = ''] = passwords.split("ann@example.com')\n")
  expect(
    await phone(`${token}${opens}
await openLink('https://app.example.com/reset-password', 'battery staple correct')
await openLink('${link}', 'battery staple correct')`),
  ).toEqual(['log in This link is not complete', 'log in Your password has been reset'])
  const { status } = await server.send('POST /v1/session', {
    ...person,
    password: 'battery staple correct',
  })
  expect(status).toBe(200)
})

async function userIdOf(server: Server): Promise<string> {
  const { body } = await server.send('POST /v1/session', person)
  const own = { authorization: `Bearer ${body.token}` }
  return (await server.send('GET /v1/user', undefined, own)).body.user.id
}

/** A phone beside the server: runs an app from its start, and answers what was shown. */
async function publish(server: Server) {
  const http = nodeServer(server.app).listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => void http.close())
  const api = `http://127.0.0.1:${Object(http.address()).port}`
  const folder = prepareFolder()
  return async (code: string): Promise<string[]> => {
    writeFileSync(join(folder, 'app.ts'), code.replace('https://api.example.com', api))
    const args = ['--conditions=source', 'app.ts']
    const { stdout } = await run(process.execPath, args, { cwd: folder })
    return stdout.split('\n').slice(0, -1)
  }
}

function prepareFolder(): string {
  const folder = temporaryFolder()
  cpSync('templates/mobile', folder, { recursive: true })
  mkdirSync(join(folder, 'node_modules/expo-secure-store'), { recursive: true })
  for (const [name, target] of Object.entries({ latchkey: '.', '@types': 'node_modules/@types' })) {
    symlinkSync(join(process.cwd(), target), join(folder, 'node_modules', name))
  }
  const extended = { extends: join(process.cwd(), 'tsconfig.json'), include: ['*.ts'] }
  const files = {
    'package.json': '{"type":"module"}',
    'tsconfig.json': JSON.stringify(extended),
    'pages.ts': pages,
    'vault.json': '{}',
    'node_modules/expo-secure-store/index.js': secureStore,
    'node_modules/expo-secure-store/index.d.ts': secureStoreTypes,
    'node_modules/expo-secure-store/package.json': '{"type":"module","exports":"./index.js"}',
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

const pages = `export function show(page: string, message?: string): void {
  console.log(message === undefined ? page : page + ' ' + message)
}
`

// As its documentation has it.
const secureStoreTypes = `export type KeychainAccessibilityConstant = number
export declare const AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: KeychainAccessibilityConstant
export interface SecureStoreOptions {
  keychainService?: string
  requireAuthentication?: boolean
  keychainAccessible?: KeychainAccessibilityConstant
}
export declare function getItemAsync(key: string, options?: SecureStoreOptions): Promise<string | null>
export declare function setItemAsync(key: string, value: string, options?: SecureStoreOptions): Promise<void>
export declare function deleteItemAsync(key: string, options?: SecureStoreOptions): Promise<void>
`

const secureStore = `import { readFileSync, writeFileSync } from 'node:fs'
export const AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY = 1
const contents = () => JSON.parse(readFileSync('vault.json', 'utf8'))
const keep = (options, next) => {
  if (options?.keychainAccessible !== 1) throw new Error('This would travel with a backup')
  writeFileSync('vault.json', JSON.stringify(next))
}
export const getItemAsync = async (key) => contents()[key] ?? null
export const setItemAsync = async (key, value, options) => keep(options, { ...contents(), [key]: value })
export const deleteItemAsync = async (key, options) => {
  const { [key]: _deleted, ...rest } = contents()
  keep(options, rest)
}
`
