// The guide's servers compile under strict rules, and do what it says of them, beside a real API.
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { nodeServer } from 'latchkey/server'
import { expect, onTestFinished, test } from 'vitest'
import { accessTokens, bearer, signUp, startServer, temporaryFolder } from '../harness.ts'

const run = promisify(execFile)
const guide = readFileSync('docs/guides/resource-server.md', 'utf8')
const servers = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code)
const [, command = ''] = /```sh\n([\s\S]*?)```/.exec(guide) ?? []

const ask = {
  fetch: `
const answers = [await handler(new Request('http://localhost/', { headers: { authorization } }))]
answers.push(await handler(new Request('http://localhost/')))`,
  node: `
await new Promise<void>((done) => server.listen(0, () => done()))
const url = 'http://127.0.0.1:' + Object(server.address()).port
const answers = [await fetch(url, { headers: { authorization } }), await fetch(url)]
server.close()`,
}

test.each(['fetch', 'node'] as const)('the server of the kind %s in the guide', async (kind) => {
  const server = await startServer({ now: new Date() })
  const http = nodeServer(server.app).listen(0)
  onTestFinished(() => void http.close())
  const api = `http://127.0.0.1:${Object(http.address()).port}`
  const TOKEN = await signUp(server)
  const { stdout: issued } = await run('bash', ['--norc', '-c', command], {
    env: { ...process.env, API: api, TOKEN },
  })
  const authorization = `Bearer ${JSON.parse(issued).access_token}`
  const { user } = (await server.send('GET /v1/user', undefined, bearer(TOKEN))).body

  expect(servers).toHaveLength(2)
  const code = servers[kind === 'fetch' ? 0 : 1] ?? ''
  const own = `api: '${accessTokens.issuer}'`
  expect(code).toContain(own)
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'node_modules'))
  for (const [name, target] of Object.entries({
    latchkey: process.cwd(),
    '@types': join(process.cwd(), 'node_modules/@types'),
  })) {
    symlinkSync(target, join(folder, 'node_modules', name))
  }
  const extended = { extends: join(process.cwd(), 'tsconfig.json'), include: ['*.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(extended))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'server.ts'), code)
  writeFileSync(
    join(folder, 'asked.ts'),
    code.replace(own, `api: '${api}'`) +
      `const authorization = '${authorization}'` +
      ask[kind] +
      "\nfor (const answer of answers) console.log(answer.status + ' ' + (await answer.text()))\n",
  )
  await run('node_modules/.bin/tsc', ['--project', folder])
  const { stdout } = await run(process.execPath, ['--conditions=source', 'asked.ts'], {
    cwd: folder,
  })
  expect(stdout.trim().split('\n')).toEqual([
    `200 {"files":[],"of":"${user.id}"}`,
    '401 {"error":"Unauthorized","code":"unauthenticated"}',
  ])
})
