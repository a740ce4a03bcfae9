// The pages as a whole: no link leads nowhere, every block of code is somebody's, and the site has all.
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { slug, targetOf } from '../../docs/site/links.ts'
import { first, navigation } from '../../docs/site/navigation.ts'

// What the site is built with brings pages of its own.
const pages = globSync('docs/**/*.md', { exclude: ['docs/site/**'] }).sort()
const page = (path: string) => readFileSync(path, 'utf8')
const withoutCode = (path: string) => page(path).replace(/^```[\s\S]*?^```$/gm, '')

test('every link leads to a file that there is, and to a heading in it', () => {
  for (const path of ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...pages]) {
    for (const [, link = ''] of withoutCode(path).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link)) continue
      const [name = '', heading] = link.split('#')
      const target = name === '' ? path : join(dirname(path), name)
      expect([path, link, existsSync(target)]).toEqual([path, link, true])
      if (heading === undefined) continue
      expect([path, link, headingsOf(target).includes(heading)]).toEqual([path, link, true])
    }
  }
})

test('every picture on a page is there, was drawn from figures, and says in words what it shows', () => {
  const shown = ['README.md', 'benchmarks/README.md', ...pages].flatMap((path) =>
    [...withoutCode(path).matchAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g)].map(
      ([, words = '', link = '']) => ({ path, words, picture: join(dirname(path), link) }),
    ),
  )
  expect(shown).not.toEqual([])
  for (const { path, words, picture } of shown) {
    const figures = picture.replace(/\.svg$/, '.json')
    const facts = [existsSync(picture), existsSync(figures), words.split(' ').length > 8]
    expect([path, picture, ...facts]).toEqual([path, picture, true, true, true])
  }
  const drawn = globSync('benchmarks/figures/*.json').map((file) => file.replace(/json$/, 'svg'))
  expect(drawn.filter((picture) => shown.every((each) => each.picture !== picture))).toEqual([])
})

/** As GitHub names them: a second one of a name is `name-1`. */
function headingsOf(path: string): string[] {
  const seen = new Map<string, number>()
  return [...withoutCode(path).matchAll(/^#{1,6} (.+)$/gm)].map(([, text = '']) => {
    const name = slug(text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'))
    const count = seen.get(name) ?? 0
    seen.set(name, count + 1)
    return count === 0 ? name : `${name}-${count}`
  })
}

/** Who runs the blocks of a page: how many there are of a language, and the file of tests. */
const runs: Readonly<Record<string, Readonly<Record<string, readonly [number, string]>>>> = {
  'docs/guides/back-up.md': {
    sh: [4, 'test/guides/back-up.test.ts'],
  },
  'docs/guides/behind-a-proxy.md': {
    '': [1, 'test/guides/deploy.test.ts'],
    apache: [1, 'test/guides/deployment-files.test.ts'],
    nginx: [1, 'test/guides/deploy.test.ts'],
    sh: [2, 'test/guides/behind-a-proxy.test.ts'],
    ts: [1, 'test/guides/behind-a-proxy.test.ts'],
    txt: [1, 'test/guides/deployment-files.test.ts'],
  },
  'docs/guides/coming-from-better-auth.md': { console: [2, 'test/guides/coming-from.test.ts'] },
  'docs/guides/coming-from-devise.md': { console: [2, 'test/guides/coming-from.test.ts'] },
  'docs/guides/coming-from-elsewhere.md': {
    console: [2, 'test/guides/coming-from.test.ts'],
    csv: [1, 'test/guides/coming-from.test.ts'],
    js: [1, 'test/guides/coming-from.test.ts'],
  },
  'docs/guides/coming-from-rails.md': {
    console: [2, 'test/guides/coming-from.test.ts'],
    sql: [1, 'test/guides/coming-from.test.ts'],
  },
  'docs/guides/coming-from-supabase.md': { console: [1, 'test/guides/coming-from.test.ts'] },
  'docs/guides/cookie-mode.md': {
    sh: [1, 'test/guides/cookie-mode.test.ts'],
    ts: [3, 'test/guides/cookie-mode.test.ts'],
  },
  'docs/guides/deploy.md': {
    '': [1, 'test/guides/deploy.test.ts'],
    dockerfile: [1, 'test/guides/deploy.test.ts'],
    dotenv: [1, 'test/guides/deploy.test.ts'],
    ini: [1, 'test/guides/deploy.test.ts'],
    sh: [1, 'test/guides/deploy.test.ts'],
    yaml: [1, 'test/guides/deploy.test.ts'],
  },
  'docs/guides/first-api-key.md': {
    '': [1, 'test/guides/first-api-key.test.ts'],
    sh: [4, 'test/guides/first-api-key.test.ts'],
  },
  'docs/guides/hooks.md': {
    sql: [1, 'test/docs/docs.test.ts'],
    ts: [3, 'test/guides/hooks.test.ts'],
  },
  'docs/guides/leaving.md': {
    console: [2, 'test/guides/coming-from.test.ts'],
    sql: [1, 'test/guides/coming-from.test.ts'],
  },
  'docs/guides/mails.md': {
    sh: [1, 'test/guides/mails.test.ts'],
    ts: [2, 'test/guides/mails.test.ts'],
  },
  'docs/guides/mobile.md': { ts: [7, 'test/mobile/guide.test.ts'] },
  'docs/guides/mount.md': { ts: [7, 'test/mounts/guide.test.ts'] },
  'docs/guides/postgresql.md': {
    sh: [1, 'test/docs/docs.test.ts'],
    sql: [1, 'test/docs/docs.test.ts'],
  },
  'docs/guides/protect-a-route.md': { ts: [7, 'test/guides/protect-a-route.test.ts'] },
  'docs/guides/resource-server.md': {
    sh: [1, 'test/resource-server/guide.test.ts'],
    ts: [2, 'test/resource-server/guide.test.ts'],
  },
  'docs/guides/start-here.md': {
    console: [3, 'test/guides/start-here.test.ts'],
    sh: [1, 'test/guides/start-here.test.ts'],
  },
  'docs/guides/testing.md': {
    '': [1, 'test/testing/guide.test.ts'],
    sh: [1, 'test/testing/guide.test.ts'],
    ts: [8, 'test/testing/guide.test.ts'],
  },
  'docs/guides/upgrade.md': { console: [2, 'test/guides/upgrade.test.ts'] },
  'docs/guides/watch.md': { ts: [2, 'test/guides/watch.test.ts'] },
  'docs/guides/which-way-in.md': {
    js: [3, 'test/guides/which-way-in.test.ts'],
    ts: [1, 'test/guides/which-way-in.test.ts'],
  },
  'docs/reference/auth.md': { ts: [1, 'test/docs/auth-reference.test.ts'] },
  'docs/reference/cli.md': { console: [40, 'test/cli/latchkey-command.test.ts'] },
  'docs/reference/client.md': { ts: [1, 'test/docs/client-docs.test.ts'] },
  'docs/reference/configuration.md': { '': [2, 'test/guides/reference.test.ts'] },
  'docs/reference/errors.md': { json: [1, 'test/guides/reference.test.ts'] },
  'docs/reference/http.md': {
    '': [7, 'test/guides/reference.test.ts'],
    json: [26, 'test/guides/reference.test.ts'],
    sh: [39, 'test/docs/docs.test.ts'],
  },
  'docs/reference/react.md': { tsx: [1, 'test/docs/client-docs.test.ts'] },
}

/** What no test runs: the page, how the block begins, and why. */
const shown = [
  ['docs/guides/add-to-existing.md', 'npx latchkey ', 'run without npx by the generator’s tests'],
  ['docs/guides/add-to-existing.md', 'const allow', 'a line of what is written, compiled there'],
  ['docs/guides/back-up.md', 'umask ', 'pg_dump is not among the packages; tried by hand, 15.18'],
  ['docs/guides/back-up.md', 'pg_restore ', 'the same'],
  ['docs/guides/back-up.md', 'DATABASE_URL="$FRESH_URL" ', 'the same; run where it and psql are'],
  ['docs/guides/deploy.md', 'useradd ', 'needs root'],
  ['docs/guides/deploy.md', 'systemctl ', 'needs systemd'],
  ['docs/guides/deploy.md', 'docker build ', 'needs Docker'],
  ['docs/guides/hooks.md', 'curl ', 'its request is sent to the same server, in TypeScript'],
  ['docs/guides/mobile.md', 'openapi-generator-cli ', 'a program in Java; not tried'],
  ['docs/guides/mount.md', 'npm install ', 'asks the registry'],
  ['docs/guides/postgresql.md', 'npm install ', 'the same'],
  ['docs/guides/resource-server.md', 'ACCESS_TOKEN_AUDIENCES=', 'a key with an ellipsis'],
  ['docs/guides/upgrade.md', 'npm install ', 'a version that there is not yet'],
  ['docs/guides/watch.md', 'npm install ', 'asks the registry'],
  ['docs/guides/watch.md', 'scrape_configs:', 'Prometheus; looked at by promtool 2.42.0'],
  ['docs/guides/watch.md', 'groups:', 'the same; a test looks for its names'],
  [
    'docs/guides/which-way-in.md',
    'export ACCESS_TOKEN_ISSUER',
    'variables that the test gives as options',
  ],
  ['docs/reference/cli.md', 'npx latchkey ', 'two ways to type what every example types'],
  ['docs/reference/http.md', 'const init', 'the cookie of the guide to it, in three lines'],
  ['docs/reference/http.md', 'npm start ', 'the server that the examples ask'],
  ['docs/reference/limits.md', '', 'words of an answer'],
  ['docs/reference/mutation.md', 'npm run test:mutation', 'takes up to an hour'],
  ['docs/security/scans.md', '', 'four commands for tools that are not among the packages'],
] as const

test('every block of code is run by a test, or stands in a short list with the reason', () => {
  const pattern = /^```(\w*)\n([\s\S]*?)^```$/gm
  const blocks = pages.flatMap((path) =>
    [...page(path).matchAll(pattern)].map(([, language = '', code = '']) => ({
      path,
      language,
      code,
    })),
  )
  const matching = ({ path, code }: { path: string; code: string }) =>
    shown.find(([name, begins]) => name === path && code.startsWith(begins))
  const counts: Record<string, Record<string, number>> = {}
  for (const { path, language } of blocks.filter((block) => !matching(block))) {
    counts[path] = { ...counts[path], [language]: (counts[path]?.[language] ?? 0) + 1 }
  }
  const known = Object.entries(runs).map(([path, each]) => [
    path,
    Object.fromEntries(Object.entries(each).map(([language, [count]]) => [language, count])),
  ])
  expect(counts).toEqual(Object.fromEntries(known))
  const matched = new Set(blocks.map(matching))
  expect(shown.filter((entry) => !matched.has(entry))).toEqual([])
})

test('the test of a block reads its page', () => {
  for (const [path, languages] of Object.entries(runs)) {
    for (const [, test] of Object.values(languages)) {
      expect([path, test, page(test).includes(path)]).toEqual([path, test, true])
    }
  }
})

test('what a page has installed is what this repository is tried with', () => {
  const { dependencies, peerDependencies, devDependencies } = JSON.parse(page('package.json'))
  const known = Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies })
  for (const path of pages) {
    for (const [command] of page(path).matchAll(/npm install (?!\.)[^\n`]+/g)) {
      const names =
        command
          .split(/&& npm install|npm install/)
          .join(' ')
          .match(/(?<=\s)[@\w]\S*/g) ?? []
      const packages = names.map((name) => name.replace(/(?<=.)@\d.*/, ''))
      const unknown = packages.filter((name) => !known.includes(name))
      expect([path, command, unknown]).toEqual([path, command, []])
    }
  }
})

test('the site has every page in its margin, once, under its title', () => {
  const entries = navigation('docs').flatMap(({ items }) => items)
  const links = pages.map((path) => (path === `docs/${first}` ? '/' : path.slice(4, -3)))
  expect(entries.map(({ link }) => link).sort()).toEqual(links.sort())
  expect(entries.filter(({ text }) => text === '' || text.endsWith('.md'))).toEqual([])
  expect(navigation('docs')[0]?.items[0]).toEqual({ text: 'Start here', link: '/' })
})

test('a link to what is no page of the site leads to the file, and one to a page stays in it', () => {
  const root = process.cwd()
  const at = (href: string) => targetOf(href, { page: join(root, 'docs/guides/mount.md'), root })
  expect(at('../reference/http.md#cookies')).toEqual({
    kind: 'page',
    path: 'reference/http.md',
    hash: '#cookies',
  })
  expect(at('../../README.md')).toEqual({ kind: 'file', path: 'README.md', hash: '' })
  expect(at('../../templates/mounts')).toMatchObject({ kind: 'file', path: 'templates/mounts' })
  for (const href of ['https://example.com', '#fastify', 'nowhere.txt']) {
    expect(at(href)).toEqual({ kind: 'elsewhere' })
  }
})

test('the packages of the site are pinned, and none comes from elsewhere', () => {
  const { devDependencies } = JSON.parse(page('docs/site/package.json'))
  expect(Object.values(devDependencies)).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)])
  const { packages } = JSON.parse(page('docs/site/package-lock.json'))
  const others = Object.entries<{ integrity?: string }>(packages).filter(([path]) => path !== '')
  expect(others.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([])
  expect(statSync('docs/site/package-lock.json').size).toBeGreaterThan(1_000)
})
