// The code of the guide "Which way in?" runs as it stands there.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { nodeServer } from 'latchkey/server'
import { expect, onTestFinished, test } from 'vitest'
import { bearer, signUp, startServer, temporaryFolder } from '../harness.ts'
import { until } from '../until.ts'

const run = promisify(execFile)
const guide = readFileSync('docs/guides/which-way-in.md', 'utf8')
const blocks = [...guide.matchAll(/```(?:js|ts)\n([\s\S]*?)```/g)].map(([, code = '']) => code)
const [withBearer = '', withCookie = '', service = '', withAccessToken = ''] = blocks

test('the guide has code for each way in, and for a second service', () => {
  expect(blocks).toHaveLength(4)
})

test('the bearer token is let in as the guide sends it', async () => {
  const { execute, countSessions } = await prepare()
  expect(
    await execute(`${withBearer}
    console.log(answer.status, token.slice(0, 4))`),
  ).toBe('200 lks_')
  expect(await countSessions()).toBe(2)
})

test('so is the cookie, from a page that is listed, and no answer shows what is in it', async () => {
  const { execute, countSessions } = await prepare()
  const said = await execute(`${browserAt(listed)}${withCookie}
    console.log(answer.status, bodies.length, bodies.join().includes('lks_'))`)
  expect(said).toBe('200 2 false')
  expect(await countSessions()).toBe(2)
})

test('a page that is not listed gets neither a cookie nor a session by the same code', async () => {
  const { execute, countSessions } = await prepare()
  const said = await execute(`${browserAt('https://elsewhere.example')}${withCookie}
    console.log(answer.status, jar.size)`)
  expect(said).toBe('401 0')
  expect(await countSessions()).toBe(1)
})

test('the service of the guide takes the access token, and not the token that it was bought with', async () => {
  const { execute, start, userId } = await prepare()
  const files = await start('service.ts', service)
  const said =
    await execute(`${withBearer}${withAccessToken.replaceAll('http://localhost:4000', files)}
    const refused = await fetch('${files}', { headers: { authorization: 'Bearer ' + token } })
    console.log(files.status, (await files.text()).trim(), refused.status)`)
  expect(said).toBe(`200 The files of ${userId} 401`)
})

const listed = 'https://app.example.com'

// What a browser does for a page: it keeps cookies, and says where the page is from.
function browserAt(origin: string): string {
  return `
const jar = new Map()
const bodies = []
const send = fetch
globalThis.fetch = async (url, { credentials, headers, ...init } = {}) => {
  const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
  const kept = credentials === 'include' && cookie ? { cookie } : {}
  const own = { origin: '${origin}', 'sec-fetch-site': 'same-site' }
  const answer = await send(url, { ...init, headers: { ...headers, ...kept, ...own } })
  for (const line of answer.headers.getSetCookie()) jar.set(...line.split(';')[0].split('='))
  bodies.push(await answer.clone().text())
  return answer
}
`
}

/** The API of the guide with ann in it, and a folder where its code can run. */
async function prepare() {
  // The service has a clock of its own.
  const server = await startServer({ app: { corsOrigins: [listed] }, now: new Date() })
  const token = await signUp(server)
  const own = bearer(token)
  const http = nodeServer(server.app).listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => void http.close())
  const api = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const folder = prepareFolder()
  const write = (name: string, code: string) =>
    writeFileSync(join(folder, name), code.replaceAll('http://localhost:3000', api))
  const args = (name: string) => ['--conditions=source', name]
  return {
    userId: (await server.send('GET /v1/user', undefined, own)).body.user.id,
    countSessions: async () =>
      (await server.send('GET /v1/sessions', undefined, own)).body.sessions.length,
    async execute(code: string): Promise<string> {
      write('asked.js', code)
      const { stdout } = await run(process.execPath, args('asked.js'), { cwd: folder })
      return stdout.trim()
    },
    /** Checks its types, starts it, and says where it listens. */
    async start(name: string, code: string): Promise<string> {
      const port = await freePort()
      write(name, code.replace('4000', String(port)))
      const extended = { extends: join(process.cwd(), 'tsconfig.json'), include: [name] }
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(extended))
      await run('node_modules/.bin/tsc', ['--project', folder])
      const child = spawn(process.execPath, args(name), { cwd: folder, stdio: 'inherit' })
      onTestFinished(() => void child.kill())
      const url = `http://127.0.0.1:${port}`
      await until(() => fetch(url))
      return url
    },
  }
}

function prepareFolder(): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(process.cwd(), join(folder, 'node_modules/latchkey'))
  symlinkSync(join(process.cwd(), 'node_modules/@types'), join(folder, 'node_modules/@types'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  return folder
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
