// The house: who may import whom, and what stands nowhere.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const isTest = (path: string) => path.endsWith('.test.ts')
const generated = ['**/node_modules/**', '**/dist/**']
const sources = globSync('{src,templates}/**/*.{ts,tsx}', { exclude: generated })
  .filter((path) => !isTest(path))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }))

// A ring may import itself and these.
const rings: Record<string, string[]> = {
  core: [],
  http: ['core'],
  storage: ['core'],
  mail: ['core'],
  transfer: ['core', 'storage'],
  observe: ['core'],
  generator: ['core'],
  cli: ['core', 'http', 'storage', 'mail', 'generator', 'transfer', 'observe'],
  testing: ['core', 'http', 'storage', 'mail', 'cli'],
  'resource-server': [],
  client: [],
  react: ['client'],
}

// What core may use of Node: computation, and one file that ships with it.
const coreModules: Record<string, string[]> = {
  'node:async_hooks': [
    'src/core/guard/allowances.ts',
    'src/core/current.ts',
    'src/core/unit-of-work.ts',
  ],
  'node:crypto': ['*'],
  'node:fs': ['src/core/password-policy/common-passwords.ts'],
  'node:module': ['src/core/password-hash/hash-thread.ts'],
  'node:os': ['src/core/password-hash.ts'],
  'node:timers': ['src/core/password-hash/hash-threads.ts'],
  'node:url': ['src/core/email-address.ts'],
  'node:worker_threads': ['src/core/password-hash/hash-thread.ts'],
  '@node-rs/argon2': ['src/core/password-hash.ts'],
  jose: [
    'src/core/access-tokens.ts',
    'src/core/signing-keys/key-encryption.ts',
    'src/core/signing-keys/key-ring.ts',
    'src/core/signing-keys.ts',
  ],
  bowser: ['src/core/device-name.ts'],
  uuid: ['*'],
  // Its types: the fields of a sign-up are a schema.
  zod: ['src/core/config.ts', 'src/core/options.ts', 'src/core/option-rules.ts'],
}

function importsOf(text: string): string[] {
  const imports = text.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)
  return [...imports].map((match) => match[1] ?? '')
}

function ringOf(path: string): string | undefined {
  return /^src\/([\w-]+)\//.exec(path)?.[1]
}

function resolveImport(from: string, specifier: string): string {
  return relative('.', join(dirname(from), specifier))
}

// Past the imports, which the rules here are about.
const askedOfNode = [
  'src/cli/drain.ts: node:http',
  'src/cli/drain.ts: node:https',
  'src/http/node.ts: node:http',
]

test('nobody gets a module of Node but by its import, or is named here', () => {
  const asked = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/getBuiltinModule\('([^']+)'\)/g)].map(([, name]) => `${path}: ${name}`),
  )
  expect(asked.sort()).toEqual(askedOfNode)
})

test('no file of the server makes a formatter of dates when it is read: the first page or mail pays for it', () => {
  const server = sources.filter(({ path }) => path.startsWith('src/'))
  const early = server.filter(({ text }) => /^(export )?const .*new Intl\./m.test(text))
  expect(early.map(({ path }) => path)).toEqual([])
})

test('each ring imports only the rings below it', () => {
  for (const { path, text } of sources) {
    const ring = ringOf(path)
    if (!ring) continue
    expect(rings, `${path} is in a ring that nobody knows`).toHaveProperty(ring)
    for (const specifier of importsOf(text).filter((each) => each.startsWith('.'))) {
      const imported = ringOf(resolveImport(path, specifier))
      expect([ring, ...(rings[ring] ?? [])], `${path} imports ${specifier}`).toContain(imported)
    }
  }
})

test('core talks to nothing in the world', () => {
  for (const { path, text } of sources.filter(({ path }) => ringOf(path) === 'core')) {
    for (const specifier of importsOf(text).filter((each) => !each.startsWith('.'))) {
      const users = coreModules[specifier] ?? []
      expect(users.includes('*') || users.includes(path), `${path}: ${specifier}`).toBe(true)
    }
    const withoutDefaultClock = text.replace('options.clock ?? (() => new Date())', '')
    expect(withoutDefaultClock, path).not.toMatch(/Date\.now|new Date\(\)/)
  }
})

// In development the API builds and serves the front end too; what else they share is the network. Where
// tests have their data is one file, which is copied into whatever is generated.
const betweenTemplates = [
  'templates/web/build.ts',
  'templates/web/server.ts',
  'templates/api/testing-database.ts',
]

const templatePackages: Record<string, RegExp> = {
  'templates/mobile/': /^latchkey\/client$/,
  'templates/mounts/': /^(node:|latchkey\/[\w-]+$|(hono|fastify|express)$)/,
  'templates/api/': /^(node:|latchkey\/[\w-]+$|zod$|uuid$)/,
  'templates/web/':
    /^(node:|latchkey\/(client|react|server)$|vite$|react(-dom|-router)?(\/client)?$)/,
  'templates/web/src/': /^(latchkey\/(client|react)$|react(-dom|-router)?(\/client)?$)/,
}

test('a resource server is jose and what every runtime has', () => {
  for (const { path, text } of sources.filter(({ path }) => ringOf(path) === 'resource-server')) {
    const packages = importsOf(text).filter((each) => !each.startsWith('.'))
    expect([path, packages.filter((each) => each !== 'jose')]).toEqual([path, []])
    expect(text, path).not.toMatch(/\b(process|Buffer|require|set(Timeout|Interval|Immediate))\b/)
  }
})

test('a client is what browsers, phones and Node have, and React is all that its hooks add', () => {
  for (const { path, text } of sources) {
    const ring = ringOf(path)
    if (ring !== 'client' && ring !== 'react') continue
    const packages = importsOf(text).filter((each) => !each.startsWith('.'))
    expect([path, packages]).toEqual([
      path,
      packages.filter((each) => ring === 'react' && each === 'react'),
    ])
    expect(text, path).not.toMatch(/\b(process|Buffer|require|document)\b/)
    // A page has one, and a server has none: whose storage a name means is told by it.
    if (path !== 'src/client/token-storage.ts') expect(text, path).not.toMatch(/\bwindow\b/)
  }
})

test('templates use the published sub-paths, as a user would', () => {
  for (const { path, text } of sources.filter(({ path }) => path.startsWith('templates/'))) {
    const own = /^templates\/\w+\//.exec(path)?.[0] ?? ''
    const places = Object.keys(templatePackages).filter((place) => path.startsWith(place))
    const packages = places.map((place) => templatePackages[place])
    for (const specifier of importsOf(text)) {
      if (specifier.startsWith('.')) {
        const imported = resolveImport(path, specifier)
        const isAllowed = imported.startsWith(own) || betweenTemplates.includes(imported)
        expect(isAllowed, `${path} imports ${specifier}`).toBe(true)
      } else for (const allowed of packages) expect(specifier).toMatch(allowed ?? /^$/)
    }
  }
})

test('an entry of the package exports, and does nothing else', () => {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
  const entries = Object.values(exports)
    .flatMap((conditions) => Object(conditions).source?.default ?? Object(conditions).source ?? [])
    .map((path: string) => path.replace('./', ''))
  const top = sources.filter(({ path }) => /^src\/[^/]+$/.test(path))
  expect(top.map(({ path }) => path).sort()).toEqual([...entries, 'src/browser.ts'].sort())
  for (const { path, text } of top.filter(({ path }) => path !== 'src/browser.ts')) {
    const rest = text
      .replace(/export (type )?\{[^}]*\} from '[^']+'/g, '')
      .replace(/^\/\/.*$/gm, '')
    expect([path, rest.trim()]).toEqual([path, ''])
  }
})

test('no file imports itself over others', () => {
  const graph = new Map(
    sources.map(({ path, text }) => [
      path,
      importsOf(text)
        .filter((each) => /^\..*\.tsx?$/.test(each))
        .map((each) => resolveImport(path, each)),
    ]),
  )
  const finished = new Set<string>()
  const visit = (path: string, trail: string[]): void => {
    expect(trail, 'a circle of imports').not.toContain(path)
    if (finished.has(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    finished.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  expect(finished.size).toBe(sources.length)
})

test('files stay small: 120 lines on average, none above 300', () => {
  const lines = sources.map(({ text }) => text.split('\n').length)
  expect(lines.reduce((sum, each) => sum + each) / lines.length).toBeLessThanOrEqual(120)
  expect(Math.max(...lines)).toBeLessThanOrEqual(300)
})

test.each([
  ['chance that can be guessed', /Math\.random/, []],
  ['a type that is anything', /:\s*any\b|\bas any\b|<any>/, []],
  ['a claim that something is not null', /\w!\.|\w!;|\w!\)/, []],
  ['work left for later', /\b(TODO|FIXME|XXX|HACK)\b/, []],
  [
    'the environment',
    /process\.(env|argv)/,
    // Tests are started by another runner's command line than the application's.
    [
      'src/cli/',
      'templates/api/testing-database-postgres.ts',
      // Next says there which of its run times it is.
      'templates/authentication/next/instrumentation.ts',
      'templates/authentication/shared/environment.ts',
    ],
  ],
  [
    'SQL',
    /\b(SELECT|INSERT INTO|DELETE FROM)\b/,
    [
      'src/storage/',
      // What is read of other systems' tables.
      'src/transfer/origins/',
      'src/testing/store-contract/',
      'src/testing/test-database.ts',
      'templates/api/',
    ],
  ],
])('%s stands only where it belongs', (_what, pattern, allowed) => {
  for (const { path, text } of sources) {
    if (allowed.some((place) => path.startsWith(place))) continue
    expect(pattern.test(text), path).toBe(false)
  }
})

test('what a verb promises is written once: where it is declared', () => {
  const allIn = (place: string) => sources.filter(({ path }) => path.startsWith(place))
  const declared = allIn('src/core/verbs').flatMap(({ text }) => [
    ...text.matchAll(/(\*\/\n)? {2}(\w+)\(/g),
  ])
  expect(declared.length).toBeGreaterThan(40)
  for (const [, comment, name] of declared) expect(comment, `${name} says nothing`).toBeDefined()
  const verbs = new Set(declared.map(([, , name]) => name))
  for (const { path, text } of allIn('src/core/')) {
    const described = text.matchAll(/ \*\/\nexport (?:async )?function (\w+)\(/g)
    const repeated = [...described].map(([, name]) => name).filter((name) => verbs.has(name))
    expect([path, repeated]).toEqual([path, []])
  }
})

// The time of an answer is no test's business; which function compares is.
test.each(['src/core/imported-hashes/bytes.ts', 'src/http/operator.ts'])(
  '%s compares secrets in constant time',
  (path) => {
    const text = readFileSync(path, 'utf8')
    expect(text).toMatch(/return .*\btimingSafeEqual\(/)
  },
)

test('no folder is a drawer for everything', () => {
  const folders = new Set(sources.flatMap(({ path }) => dirname(path).split('/')))
  for (const name of ['utils', 'util', 'helpers', 'services', 'common', 'lib', 'types']) {
    expect([...folders]).not.toContain(name)
  }
})

// A name that leads nowhere would leave out what was renamed, and nobody would notice.
test('every file that a run of the tests names is there', () => {
  const named = globSync('{vitest*.config.ts,stryker.config.js}').flatMap((config) => {
    const names = readFileSync(config, 'utf8').matchAll(/'((?:src|test)\/[^']+)'/g)
    return [...names].map(([, name = '']) => ({ config, name }))
  })
  expect(named.length).toBeGreaterThan(50)
  for (const { config, name } of named) {
    expect(globSync(name), `${config}: ${name}`).not.toEqual([])
  }
})
