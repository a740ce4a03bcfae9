// The pages about the client say what it has, both ways, and their examples run.
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createClient, inMemory } from 'latchkey/client'
import { nodeServer } from 'latchkey/server'
import { expect, onTestFinished, test } from 'vitest'
import { ann, signUp, startServer, temporaryFolder } from '../harness.ts'

const run = promisify(execFile)
const page = (path: string) => readFileSync(path, 'utf8')
const reference = page('docs/reference/client.md')

/** The first code of each row of the tables in a section. */
function rowsOf(text: string, heading: string): string[] {
  const [section = ''] = text.split(`## ${heading}\n`).at(1)?.split('\n## ') ?? []
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, code = '']) => code)
}

test('every verb is in the table, with its route, and no other', () => {
  const client = createClient('', { session: inMemory() })
  const names = Object.entries(client).flatMap(([name, value]) =>
    typeof value === 'function' ? name : Object.keys(value).map((verb) => `${name}.${verb}`),
  )
  const documented = rowsOf(reference, 'Verbs').map((code) => code.replace(/\(.*/, ''))
  expect(documented.sort()).toEqual(names.sort())
  const wire = page('test/client/client-wire.test.ts')
  for (const [, verb = '', route = ''] of reference.matchAll(
    /^\| `([\w.]+)\([^`]*` \| `([A-Z]+ \/[^`]+)`/gm,
  )) {
    const call = wire.split(`'${route}': (`).at(1)?.split("\n  '")[0]
    expect([verb, call]).toEqual([verb, expect.stringContaining(`${verb}(`)])
  }
})

test('every option, member and code of an error of the client’s own is there, and no other', () => {
  const source = page('src/client/client.ts').split('interface ClientOptions {').at(1) ?? ''
  const options = [...(source.split('\n}')[0] ?? '').matchAll(/readonly (\w+)/g)]
  const first = rowsOf(reference, 'Options').filter((row) => /^\w+$/.test(row))
  expect(first).toEqual(options.map(([, name]) => name))
  const error = page('src/client/api-error.ts')
  const members = [...error.matchAll(/declare readonly (\w+)/g)].map(([, name]) => name)
  const codes = /ClientCode = (.*)/.exec(error)?.[1]?.match(/\w+/g) ?? []
  expect(rowsOf(reference, 'Errors').sort()).toEqual(['message', ...members, ...codes].sort())
})

test('every hook is on its page, and no other', () => {
  const [, values = ''] =
    /export \{ ([^}]*) \} from '.\/react\/auth/.exec(page('src/react.ts')) ?? []
  const documented = [...page('docs/reference/react.md').matchAll(/^\| `(\w+)[^`]*` \|/gm)]
  expect(documented.map(([, name]) => name).sort()).toEqual(
    [...values.split(', '), 'useAction'].sort(),
  )
})

/** The code of a page under the rules of a user's own compiler. */
async function compile(name: string, code: string): Promise<string> {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(process.cwd(), join(folder, 'node_modules/latchkey'))
  for (const each of ['react', '@types']) {
    symlinkSync(join(process.cwd(), 'node_modules', each), join(folder, 'node_modules', each))
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, name), code)
  const compilerOptions = { lib: ['es2024', 'dom'], noUnusedLocals: false }
  const extended = { extends: join(process.cwd(), 'tsconfig.json'), include: [name] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...extended, compilerOptions }))
  const compiled = run('node_modules/.bin/tsc', ['--project', folder]).catch((error) => error)
  expect((await compiled).stdout).toBe('')
  return folder
}

function blocksOf(path: string, language: string): string[] {
  const blocks = page(path).matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))
  return [...blocks].map(([, code = '']) => code)
}

async function runOnServer(code: string): Promise<string> {
  const server = await startServer()
  await signUp(server)
  const http = nodeServer(server.app).listen(0)
  onTestFinished(() => void http.close())
  const url = `http://127.0.0.1:${Object(http.address()).port}`
  const folder = await compile('app.ts', code)
  const storage = `const kept = new Map()
    const localStorage = {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    }
    globalThis.window = { localStorage }`
  writeFileSync(join(folder, 'storage.mjs'), storage)
  writeFileSync(join(folder, 'app.ts'), code.replace(/https:\/\/api\.example\.com/, url))
  const flags = ['--conditions=source', '--import', './storage.mjs', 'app.ts']
  return (await run(process.execPath, flags, { cwd: folder })).stdout
}

test('the example of the client’s page runs', async () => {
  const [code = ''] = blocksOf('docs/reference/client.md', 'ts')
  expect(code).toContain(ann.email_address)
  expect(await runOnServer(code)).toContain('projects: []')
})

test('so does the README’s in the browser, and its component compiles, as that of the page on hooks', async () => {
  const code = blocksOf('README.md', 'ts').find((each) => each.includes('latchkey/client')) ?? ''
  expect(await runOnServer(code)).toBe('ann@example.com\n')
  const [component = ''] = blocksOf('README.md', 'tsx')
  expect(component).toContain('useSession')
  await compile('app.tsx', component)
  await compile('app.tsx', blocksOf('docs/reference/react.md', 'tsx').join())
}, 60_000)
