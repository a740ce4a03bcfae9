// latchkey generate authentication: which files of a project's own it changes, and which it leaves alone.
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'
import { temporaryFolder } from '../harness.ts'
import { freshProjects } from './fresh-projects.ts'
import type { Ran } from './world.ts'

type Files = Readonly<Record<string, string>>

const run = promisify(execFile)
const command = inject('latchkey')

// Of nothing that is installed: what is written is only read here.
function project(files: Files = {}) {
  const folder = temporaryFolder()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return {
    read: (path: string) => readFileSync(join(folder, path), 'utf8'),
    list: () => readdirSync(folder, { recursive: true }).sort(),
    async generate(options = ''): Promise<Ran> {
      const words = ['generate', 'authentication', ...options.split(' ').filter(Boolean)]
      const ran = run(process.execPath, [command, ...words], { cwd: folder })
      const { code = 0, stdout, stderr } = await ran.catch((error) => error)
      return { code, stdout, stderr }
    },
  }
}

const fresh = (name: string, files: Files = {}) => project({ ...freshProjects[name], ...files })

// What npm init leaves, for a server that is written by hand.
function own(framework: string, files: Files) {
  const dependencies = { [framework]: '^5.0.0', '@hono/node-server': '^2.0.0' }
  const manifest = { type: 'module', scripts: { start: 'node index.js' }, dependencies }
  return project({ 'package.json': JSON.stringify(manifest), ...files })
}

test('static files of Express stay open, and its lines are in the manner of the file', async () => {
  const { generate, read } = fresh('express')
  expect((await generate()).stdout).not.toContain('by hand')
  const app = read('app.js')
  expect(app).toContain("var { mountAuthentication } = require('./auth/mount');\n")
  expect(app).toMatch(/app\.use\(authenticationRoutes\);\n\napp\.use\(express\.json/)
  expect(app).toMatch(/'public'\)\)\);\napp\.use\(requireAuthentication\);\n/)
  const www = read('bin/www')
  expect(www).toContain("'../app');\nvar { runAuthentication } = require('../auth/server');\n")
  expect(www).toContain(
    '\nvar server = http.createServer(app).listen(process.env.PORT, function() {',
  )
  expect(www).toMatch(/\}\);\n\nrunAuthentication\(server\);\n$/)
})

test.each(['express', 'hono'] as const)(
  'every line of a project of %s that a checkout on Windows made still ends as it did',
  async (name) => {
    const inLines = (end: string) =>
      Object.fromEntries(
        Object.entries(freshProjects[name] ?? {}).map(([path, text]) => [
          path,
          text.replaceAll('\n', end),
        ]),
      )
    const [windows, unix] = [project(inLines('\r\n')), project(inLines('\n'))]
    expect((await windows.generate()).stdout).toBe((await unix.generate()).stdout)
    const kept = Object.keys(freshProjects[name] ?? {})
    for (const path of kept) {
      expect(windows.read(path)).toBe(unix.read(path).replaceAll('\n', '\r\n'))
    }
    expect(windows.read('package.json')).toContain('latchkey')
  },
)

test.each(["require('fastify')({ logger: true })", "require('fastify')({\n  logger: true\n})"])(
  'an app that %s makes gets its plugin, imported before it',
  async (made) => {
    const index = `const app = ${made}\n\napp.listen({ port: 3000 })\n`
    const dependencies = { fastify: '^5.0.0' }
    const { generate, read } = project({
      'package.json': JSON.stringify({ dependencies, scripts: { start: 'node index.js' } }),
      'index.js': index,
    })
    expect((await generate()).stdout).not.toContain('by hand')
    const imported = "const authentication = require('./auth/mount')\n"
    expect(read('index.js')).toBe(
      index.replace(
        `const app = ${made}\n`,
        (line) => `${imported}${line}\napp.register(authentication)\n`,
      ),
    )
  },
)

test('an app of Hono with options keeps them', async () => {
  const { generate, read } = own('hono', {
    'index.js': `import { Hono } from 'hono'\n\nconst app = new Hono({ strict: false })\n`,
  })
  await generate()
  expect(read('index.js')).toContain('new Hono({ strict: false })\n\nmountAuthentication(app)\n')
})

test('the server that create-hono lets listen gets a name, and is run at the end of its file', async () => {
  const { generate, read } = fresh('hono')
  await generate()
  const index = read('src/index.ts')
  expect(index).toContain(`import { Hono } from 'hono'
import type { Protected } from 'latchkey/hono'
import { mountAuthentication } from './auth/mount.js'
import { runAuthentication } from './auth/server.js'

const app = new Hono<Protected>()

mountAuthentication(app)
`)
  expect(index).toContain('\nconst server = serve({\n  fetch: app.fetch,\n')
  expect(index).toMatch(/\n\}\)\n\nrunAuthentication\(server\)\n$/)
})

const made = {
  express: "import express from 'express'\n\nexport const app = express()\n\napp.get('/', f)\n",
  hono: "import { Hono } from 'hono'\n\nexport const app = new Hono()\n\napp.get('/', f)\n",
  fastify: "import Fastify from 'fastify'\n\nexport const app = Fastify()\n\napp.get('/', f)\n",
}
const inserted = {
  express: `export const app = express()

const { authenticationRoutes, requireAuthentication } = mountAuthentication()
app.use(authenticationRoutes, requireAuthentication)
`,
  hono: 'export const app = new Hono()\n\nmountAuthentication(app)\n',
  fastify: 'export const app = Fastify()\n\napp.register(authentication)\n',
}

test.each(['express', 'hono', 'fastify'] as const)(
  'an app of %s that its file exports is mounted in',
  async (framework) => {
    const { generate, read } = own(framework, { 'app.js': made[framework] })
    await generate()
    expect(read('app.js')).toContain(inserted[framework])
  },
)

test.each(['express', 'hono', 'fastify'] as const)(
  'an app of %s is mounted in where it is exported at the end',
  async (framework) => {
    const text = `${made[framework].replace('export ', '')}\nexport default app\n`
    const { generate, read } = own(framework, { 'app.js': text })
    await generate()
    expect(read('app.js')).toContain(inserted[framework].replace('export ', ''))
    expect(read('app.js')).toMatch(/\nexport default app\n$/)
  },
)

test('the file that lets an app listen may be another, and what it calls the server stays', async () => {
  const index = "import { app } from './app.js'\n\nconst http = app.listen(3000)\n"
  const { generate, read } = own('express', { 'app.js': made.express, 'index.js': index })
  expect((await generate()).stdout).not.toContain('by hand')
  expect(read('index.js')).toBe(`import { app } from './app.js'
import { runAuthentication } from './auth/server.js'

const http = app.listen(3000)

runAuthentication(http)
`)
})

test.each(['express', 'hono', 'fastify'] as const)(
  'of a project of %s that ends its own process on a signal it is said what that would cut short',
  async (framework) => {
    const said = async (end: string) =>
      (await own(framework, { 'app.js': `${made[framework]}\n${end}\n` }).generate()).stdout
    const stdout = await said('process.once("SIGTERM", () => process.exit(0))')
    const sentence =
      'In app.js, which ends the process on a signal: leave that to runAuthentication'
    if (framework === 'fastify') expect(stdout).not.toContain('on a signal')
    else expect(stdout).toContain(sentence)
    const each = "for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => process.exit())"
    expect(await said(each)).toBe(stdout)
    for (const harmless of ['', "process.on('SIGTERM', () => console.log('Bye'))"]) {
      expect(await said(harmless)).not.toContain('on a signal')
    }
  },
)

test('a name that a file has already is not given to its server', async () => {
  const files = { 'app.js': `${made.express}\nconst server = 'mine'\n\napp.listen(3000)\n` }
  const { generate, read } = own('express', files)
  await generate()
  expect(read('app.js')).toMatch(
    /\nconst httpServer = app\.listen\(3000\)\n\nrunAuthentication\(httpServer\)\n$/,
  )
})

test.each([
  ['within a condition', 'if (import.meta.main) {\n  app.listen(3000)\n}\n'],
  ['twice', 'app.listen(3000)\napp.listen(3001)\n'],
])(
  'where an app listens %s, the line for that is printed, and the app is mounted in',
  async (_words, text) => {
    const { generate, read } = own('express', { 'app.js': `${made.express}\n${text}` })
    const { code, stdout } = await generate()
    expect([code, stdout]).toEqual([0, expect.stringContaining('In app.js:\n')])
    expect(stdout).toContain("import { runAuthentication } from './auth/server.js'")
    expect(stdout).toContain('runAuthentication(server)')
    expect(read('app.js')).toContain(inserted.express)
    expect(read('app.js')).not.toContain('runAuthentication')
  },
)

test('an instrumentation.ts that Next.js has already is left alone, and the lines are printed', async () => {
  const text = 'export function register() {}\n'
  const { generate, read } = fresh('next', { 'instrumentation.ts': text })
  const { code, stdout } = await generate()
  expect([code, read('instrumentation.ts')]).toEqual([0, text])
  expect(stdout).toContain('In instrumentation.ts:\n')
  expect(stdout).toContain('await startAuthentication()')
})

test('where it is not clear what starts the server, it says who has to ask for development', async () => {
  const scripts = { dev: 'concurrently "npm:watch" "npm:serve"' }
  const manifest = { scripts, dependencies: { express: '^5.3.0' } }
  const { generate, read } = project({ 'package.json': JSON.stringify(manifest) })
  const { code, stdout } = await generate()
  expect([code, stdout]).toEqual([0, expect.stringContaining('give it --dev')])
  expect(JSON.parse(read('package.json')).scripts.dev).toBe(scripts.dev)
})

test.each([
  ['hono', '.env'],
  ['express', '.env'],
  ['fastify', '.env'],
  ['next', '.env.development.local'],
])('the database of a project of %s, and its %s, are not committed', async (name, settings) => {
  const { generate, read } = fresh(name)
  await generate()
  const ignored = read('.gitignore').split('\n')
  expect(ignored).toEqual(expect.arrayContaining(['storage/', settings]))
  if (!('.gitignore' in (freshProjects[name] ?? {}))) expect(ignored).toContain('node_modules/')
})

test('a second time is refused: nothing is overwritten', async () => {
  const { generate, read, list } = fresh('hono')
  await generate()
  const before = [list(), read('package.json'), read('src/index.ts')]
  const { code, stderr } = await generate()
  expect([code, stderr]).toEqual([1, expect.stringContaining('src/auth/mails.ts')])
  expect([list(), read('package.json'), read('src/index.ts')]).toEqual(before)
})

test('Latchkey’s own folder is no project, though its package.json names Hono', async () => {
  const manifest = JSON.stringify({ name: 'latchkey', dependencies: { hono: '^4.0.0' } })
  const { generate, list } = project({ 'package.json': manifest })
  const { code, stderr } = await generate()
  expect([code, stderr]).toEqual([1, expect.stringContaining('the folder of Latchkey itself')])
  expect(list()).toEqual(['package.json'])
})

test('--dry-run says what would be written, and writes nothing', async () => {
  const { generate, read, list } = fresh('hono')
  const before = list()
  const { code, stdout } = await generate('--dry-run')
  expect(code).toBe(0)
  for (const path of ['src/auth/mount.ts', '.env.example', 'src/index.ts', 'package.json']) {
    expect(stdout).toMatch(new RegExp(`^Would (?:write|change) ${path}$`, 'm'))
  }
  expect(list()).toEqual(before)
  expect(read('package.json')).toBe(freshProjects.hono?.['package.json'])
})

test('a file that somebody has written otherwise is left alone, and the lines are printed', async () => {
  const text =
    "import { Hono } from 'hono'\nexport const make = () => new Hono({ strict: false })\n"
  const { generate, read } = fresh('hono', { 'src/index.ts': text })
  const { code, stdout } = await generate()
  expect([code, read('src/index.ts')]).toEqual([0, text])
  expect(stdout).toContain('In src/index.ts:\n')
  expect(stdout).toContain("import { mountAuthentication } from './auth/mount.js'")
  expect(stdout).toContain('  mountAuthentication(app)')
  expect(stdout).toContain('In the file in which your server listens:\n')
})

test('what fastify-cli writes loads it as a plugin, keeps its tests, and compiles', async () => {
  const { generate, read, list } = fresh('fastify-cli')
  const { code, stdout } = await generate()
  expect([code, stdout]).toEqual([0, expect.stringContaining('src/plugins/authentication.ts')])
  expect(stdout).not.toContain('NODE_ENV')
  expect(stdout).toContain('\n  npm run dev\n')
  // It reads `.env` by itself, in production too.
  expect(list()).not.toContain('.env')
  expect(read('.env.development')).toContain('DATABASE_URL=')
  expect(read('.gitignore')).toContain('.env.development\n')
  expect(read('src/auth/environment.ts')).toContain("'.env.development'")
  // What stands behind `--` is handed to the app.
  const { scripts } = JSON.parse(read('package.json'))
  expect(scripts['dev:start']).toMatch(/^fastify start .* dist\/app\.js -- --dev$/)
  expect(read('src/plugins/authentication.ts')).toContain("['GET /', 'GET /example']")
  const tested = read('test/auth/testing.ts')
  expect(tested).toContain("from '../../src/plugins/authentication'")
  expect(read('tsconfig.json')).toContain('"rootDir": "src",')
  expect(read('test/tsconfig.json')).toContain('"rootDir": "..",')
  const manifest = read('package.json')
  expect(Object.keys(JSON.parse(manifest).dependencies)).toEqual([
    ...['fastify', 'fastify-plugin', '@fastify/autoload', 'latchkey', 'nodemailer'],
  ])
  expect(manifest.endsWith('}')).toBe(true)
  expect(JSON.parse(manifest).scripts.migrate).toBe('npm run build:ts && node dist/auth/migrate.js')
})

test.each([
  ['no project', {}, 'There is no package.json here'],
  ['no server', { 'package.json': '{}' }, 'for Hono 4, Fastify 5, Express 5 and Next.js 15'],
  [
    'Express 4',
    { 'package.json': '{"dependencies":{"express":"~4.16.1"}}' },
    'Express 5 is needed, and package.json has ~4.16.1: npm install express@5',
  ],
  [
    'Hono 3',
    { 'package.json': '{"dependencies":{"hono":"^3.12.0"}}' },
    'Hono 4 is needed, and package.json has ^3.12.0: npm install hono@4',
  ],
  [
    'Next.js 14',
    { 'package.json': '{"dependencies":{"next":"14.2.5"}}' },
    'Next.js 15 is needed, and package.json has 14.2.5: npm install next@15',
  ],
  [
    'Next without the App Router',
    { 'package.json': '{"dependencies":{"next":"16"}}' },
    'needs the App Router',
  ],
])('%s is refused with a sentence, and nothing is written', async (_name, files, sentence) => {
  const { generate, list } = project(files)
  const { code, stderr } = await generate()
  expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)])
  expect(list()).toEqual(Object.keys(files))
})

test.each(['--database mysql', '--package nothing.tgz', 'more', '--what'])(
  'the words %s are a mistake',
  async (words) => {
    const { code, stderr } = await fresh('hono').generate(words)
    expect([code, stderr]).toEqual([2, expect.stringContaining('generate authentication --help')])
  },
)

test.each([
  ['nodemailer', '^6.9.13', 'First npm install nodemailer@10: package.json has ^6.9.13'],
  ['nodemailer', '~10.5.0', 'First npm install nodemailer@10: package.json has ~10.5.0'],
  ['pg', '8.11.3', 'First npm install pg@8: package.json has 8.11.3'],
  ['react', '^18 || 17.x', 'First npm install react@19: package.json has ^18 || 17.x'],
  ['nodemailer', '^10.0.0', null],
  ['nodemailer', '^6 || ^10', null],
  ['nodemailer', 'catalog:', null],
  ['pg', '8', null],
  ['fastify-plugin', '^5.0.0', null],
])(
  'of a package %s %s beside which npm does not install Latchkey it is said',
  async (name, version, sentence) => {
    const dependencies = { fastify: '^5.0.0', [name]: version }
    const { generate, read } = project({ 'package.json': JSON.stringify({ dependencies }) })
    const { code, stdout } = await generate()
    expect([code, JSON.parse(read('package.json')).dependencies[name]]).toEqual([0, version])
    if (sentence === null) expect(stdout).not.toContain('First npm install')
    else expect(stdout).toContain(`\n  ${sentence}, beside which npm does not install Latchkey\n`)
  },
)

test.each([
  [
    { express: '^5.0.0', passport: '^0.7.0', 'express-session': '^1.18.0' },
    'express-session and passport',
  ],
  [{ fastify: '^5.0.0', '@fastify/jwt': '^9.0.0' }, '@fastify/jwt'],
  [{ express: '^5.0.0', '@fastify/jwt': '^9.0.0' }, null],
])(
  'what logs people in already, under the same names, is said: %j',
  async (dependencies, names) => {
    const { generate } = project({ 'package.json': JSON.stringify({ dependencies }) })
    const { stdout } = await generate()
    if (names === null) expect(stdout).not.toContain('Take out')
    else expect(stdout).toContain(`Take out ${names}, which use`)
  },
)

test('what a project has under the same name, and stays, is said', async () => {
  const scripts = { start: 'node index.js', test: 'jest', migrate: 'knex migrate:latest' }
  const dependencies = { express: '^5.0.0', jest: '^30.0.0' }
  const { generate, read } = project({
    'package.json': JSON.stringify({ scripts, dependencies }),
    '.env': 'DATABASE_URL=postgres://ann:secret@127.0.0.1/shop\n',
    'test/shop.test.js': '',
  })
  const { stdout } = await generate()
  expect(JSON.parse(read('package.json')).scripts).toMatchObject({ migrate: scripts.migrate })
  expect(stdout).toContain("migrates Latchkey's tables: node auth/migrate.js\n")
  expect(stdout).toContain('DATABASE_URL in .env is no sqlite: URL, and Latchkey reads it')
  expect(stdout).not.toContain('secret')
  expect(stdout).toMatch(/Have Jest leave test\/auth alone .* and this does: node --test\n/)
})

test('of several frameworks the one that listens is named, and nothing is guessed', async () => {
  const dependencies = { fastify: '^5.0.0', express: '^5.0.0' }
  const both = () => project({ 'package.json': JSON.stringify({ dependencies }) })
  const asked = await both().generate('--dry-run')
  expect([asked.code, asked.stderr]).toEqual([
    1,
    'package.json names fastify and express: say by --framework which of them listens\n',
  ])
  const told = await both().generate('--dry-run --framework express')
  expect(told.stdout).toContain("const { mountAuthentication } = require('./auth/mount')")
  const other = await both().generate('--framework hono')
  expect([other.code, other.stderr]).toEqual([1, 'package.json does not name hono\n'])
  const none = await both().generate('--framework koa')
  expect([none.code, none.stderr]).toEqual([
    2,
    expect.stringContaining('--framework must be one of hono, fastify, express, next'),
  ])
})

test('static files behind a route close it all the same, and those below a path stay open', async () => {
  const text = (lines: string) => `import express from 'express'

const app = express()

${lines}

app.listen(3000)
`
  const late = own('express', {
    'index.js': text(`app.get('/api/notes', (request, response) => response.json([]))
app.use(express.static('public'))`),
  })
  await late.generate()
  expect(late.read('index.js')).toMatch(
    /express\(\)\n\nconst .*\napp\.use\(authenticationRoutes, requireAuthentication\)\n\napp\.get/,
  )
  const router = own('express', {
    'index.js': text(`app.use('/api', notes)
app.use(express.static('public'))`),
  })
  await router.generate()
  expect(router.read('index.js')).toMatch(/requireAuthentication\)\n\napp\.use\('\/api'/)
  for (const before of [
    'app.use(notes)',
    'app.use(makeNotes(database))',
    'registerApi(app)',
    "app\n  .get('/secret', secret)",
    'app.use(express.json(), notes)',
    "app.set('a', 1); app.get('/secret', secret)",
  ]) {
    const hidden = own('express', {
      'index.js': text(`${before}\napp.use(express.static('public'))`),
    })
    await hidden.generate()
    expect(hidden.read('index.js')).toMatch(
      /authenticationRoutes, requireAuthentication\)\n\n(app|reg)/,
    )
  }
  const commented = own('express', {
    'index.js': text(`app.use(express.json()) // before the routes
app.use('/assets', express.static('assets'))
app.use(express.static('public'))`),
  })
  await commented.generate()
  expect(commented.read('index.js')).toMatch(
    /static\('public'\)\)\napp\.use\(requireAuthentication\)/,
  )
  const below = own('express', {
    'index.js': text(`app.use(express.json())
app.use('/assets', express.static('public'))`),
  })
  await below.generate()
  expect(below.read('index.js')).toMatch(
    /express\.static\('public'\)\)\napp\.use\(requireAuthentication\)/,
  )
})

test('what was compiled is not edited, and a folder is no file', async () => {
  const source = `import { Hono } from 'hono'

const app = new Hono()

export default app
`
  const dependencies = { hono: '^4.0.0' }
  const manifest = (main: string) => JSON.stringify({ type: 'module', main, dependencies })
  for (const main of ['dist/index.js', 'lib']) {
    const compiled = project({
      'package.json': manifest(main),
      'tsconfig.json': '{}',
      'src/index.ts': source,
      'dist/index.js': source,
      'lib/index.js': source,
    })
    const { code } = await compiled.generate()
    expect([code, compiled.read('dist/index.js'), compiled.read('lib/index.js')]).toEqual([
      0,
      source,
      source,
    ])
    expect(compiled.read('src/index.ts')).toContain('mountAuthentication(app)')
  }
})

test.each([
  [{}, 'index.js', "import { mountAuthentication } from './auth/mount.js'"],
  [{ type: 'commonjs' }, 'index.mjs', "import { mountAuthentication } from './auth/mount.js'"],
  [{ type: 'module' }, 'server.cjs', "const { mountAuthentication } = require('./auth/mount.js')"],
])('the line is of the kind of module that the file is: %j, %s', async (kind, file, line) => {
  const isCommon = file.endsWith('.cjs')
  const { generate, read } = project({
    'package.json': JSON.stringify({ ...kind, dependencies: { express: '^5.0.0' } }),
    [file]: `${isCommon ? "const express = require('express')" : "import express from 'express'"}

const app = express()

app.listen(3000)
`,
  })
  await generate()
  expect(read(file)).toContain(line)
})

test('options of the compiler are those of what a tsconfig.json extends, too', async () => {
  const { generate, read } = project({
    'package.json': JSON.stringify({ type: 'module', dependencies: { hono: '^4.0.0' } }),
    'base.json': '{ "compilerOptions": { "noEmit": true, "allowImportingTsExtensions": true } }',
    'tsconfig.json': '{ "extends": ["./base"], "compilerOptions": { "strict": true } }',
    'src/index.ts': `import { Hono } from 'hono'

const app = new Hono()

export default app
`,
  })
  await generate()
  expect(read('src/index.ts')).toContain("from './auth/mount.ts'")
})
