// What latchkey new writes, and when it writes nothing. What it wrote is installed and run in
// projects.test.ts.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isTitle, namesOf } from '../../src/generator/names.ts'
import { type Command, prepareCommand, run } from '../cli/command.ts'

const choices = [
  ['sqlite', 'react'],
  ['sqlite', 'none'],
  ['postgres', 'react'],
  ['postgres', 'none'],
] as const

async function prepare(): Promise<Command> {
  const command = await prepareCommand()
  mkdirSync(join(command.folder, 'here'))
  return { ...command, folder: join(command.folder, 'here') }
}

/** Types a line in an empty folder. */
async function type(line: string, { folder, databaseUrl }: Command) {
  const above = join(folder, '..')
  return run({ folder: above, databaseUrl }, `cd here; ${line}`)
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('/.git'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

const json = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'))

test.each(choices)(
  'a project on %s with %s has no trace of what was not chosen',
  async (...chosen) => {
    const [database, frontEnd] = chosen
    const command = await prepare()
    const { code } = await type(
      `latchkey new 'my shop' --database ${database} --front-end ${frontEnd}`,
      command,
    )
    expect(code).toBe(0)
    const folder = join(command.folder, 'my shop')
    const files = filesOf(folder)
    expect(files).toEqual(expect.arrayContaining(['.gitignore', '.env.example', 'README.md']))
    expect(files.includes('web/src/main.tsx')).toBe(frontEnd === 'react')
    const other = database === 'sqlite' ? 'postgres' : 'sqlite'
    expect(files.filter((file) => file.startsWith('migrations/'))).toEqual([
      `migrations/${database}/0001_projects.sql`,
    ])
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8')
      const absent = [/Projects API/, /file:\.\./, /templates\//, /own repository/, /'source'/]
      absent.push(
        /\{\{\w/,
        /^(<!-- |# )(if|end)\b/m,
        other === 'sqlite' ? /sqlite/i : /\bpg\b|postgres/i,
      )
      if (frontEnd === 'none') absent.push(/front.?end/i, /\breact\b/i, /\bweb\//)
      for (const word of absent) expect([file, word, text.match(word)]).toEqual([file, word, null])
    }
    expect(readFileSync(join(folder, 'routes.ts'), 'utf8')).toContain("name: 'My Shop'")
    expect(readFileSync(join(folder, '.env.example'), 'utf8')).toContain('MAIL_FROM="My Shop <')
  },
)

test.each([
  [['apps/*'], 'apps/shop'],
  [['./apps/shop/'], 'apps/shop'],
  [{ packages: ['packages/**'] }, 'packages/new/shop'],
])('with pages it is not begun among the npm workspaces %j', async (workspaces, place) => {
  const command = await prepare()
  writeFileSync(join(command.folder, 'package.json'), JSON.stringify({ workspaces }))
  const { code, stderr } = await type(`latchkey new ${place}`, command)
  expect(code).toBe(1)
  expect(stderr).toContain('among the workspaces of')
  expect(stderr).toContain('--front-end none')
  expect(filesOf(command.folder)).toEqual(['package.json'])
  expect((await type(`latchkey new ${place} --front-end none`, command)).code).toBe(0)
  expect((await type('latchkey new elsewhere', command)).code).toBe(0)
})

test('what is taken out of the npm workspaces is not among them', async () => {
  const command = await prepare()
  const workspaces = ['apps/*', '!./apps/shop']
  writeFileSync(join(command.folder, 'package.json'), JSON.stringify({ workspaces }))
  expect((await type('latchkey new apps/shop', command)).code).toBe(0)
  expect((await type('latchkey new apps/store', command)).code).toBe(1)
})

test('both manifests are named, sorted and take Latchkey from the file that was given', async () => {
  const command = await prepare()
  writeFileSync(join(command.folder, 'latchkey-9.tgz'), 'packed')
  await type('latchkey new shop --package latchkey-9.tgz', command)
  const folder = join(command.folder, 'shop')
  const { version } = json('package.json')
  const [api, web] = [json(folder, 'package.json'), json(folder, 'web/package.json')]
  expect([api.name, web.name, api.workspaces]).toEqual(['shop', 'shop-web', ['web']])
  expect(api.dependencies.latchkey).toBe(`file:vendor/latchkey-${version}.tgz`)
  expect(web.dependencies.latchkey).toBe(`file:../vendor/latchkey-${version}.tgz`)
  expect(readFileSync(join(folder, `vendor/latchkey-${version}.tgz`), 'utf8')).toBe('packed')
  for (const { dependencies, devDependencies } of [api, web]) {
    for (const names of [Object.keys(dependencies), Object.keys(devDependencies)]) {
      expect(names).toEqual([...names].sort())
    }
  }
  await type('latchkey new other', command)
  expect(json(command.folder, 'other/package.json').dependencies.latchkey).toBe(`^${version}`)
  expect(json(command.folder, 'other/web/package.json').dependencies.latchkey).toBe(`^${version}`)
})

test('a clone warns that its project takes Latchkey from the registry, where anybody may have that name', async () => {
  const command = await prepare()
  writeFileSync(join(command.folder, 'latchkey-9.tgz'), 'packed')
  const { stderr } = await type('latchkey new shop', command)
  expect(stderr).toMatch(/^This is a clone, and npm will ask the registry for latchkey: [^\n]+\n$/)
  const given = await type('latchkey new other --package latchkey-9.tgz', command)
  expect(given).toMatchObject({ code: 0, stderr: '' })
})

test('what is left to do is said, to be pasted', async () => {
  const command = await prepare()
  const { stdout } = await type('latchkey new "Ann\'s shop" --database postgres', command)
  expect(stdout).toContain(
    "\n  cd 'Ann'\\''s shop'\n  npm install\n  createdb ann_s_shop_development ",
  )
  expect(stdout).toContain('\n  npm run dev   # the API on http://localhost:3000, the pages on ')
  for (const name of ['DATABASE_URL', 'APP_URL', 'MAIL_FROM', 'SMTP_URL', 'CORS_ORIGINS']) {
    expect(stdout).toContain(name)
  }
})

test.each([
  ['latchkey new', 'DIR is needed'],
  ['latchkey new --yes', 'DIR is needed'],
  ['latchkey new ""', 'DIR is needed'],
  ['latchkey new a b', 'One DIR is needed'],
  ['latchkey new a --database mysql', '--database must be one of sqlite, postgres'],
  ['latchkey new a --front-end vue', '--front-end must be one of react, none'],
  ["latchkey new a --name '<b>'", '--name must be at most 60 letters'],
  ['latchkey new a --package nothing.tgz', '--package must name a file that npm pack has made'],
  ['latchkey new a --frob', "Unknown option '--frob'"],
])('%s is wrong usage, and writes nothing', async (line, sentence) => {
  const command = await prepare()
  const { code, stdout, stderr } = await type(`${line} < /dev/null`, command)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr.startsWith(sentence)).toBe(true)
  expect(stderr).toMatch(/^[^\n]+: see latchkey new --help\n$/)
  expect(readdirSync(command.folder)).toEqual([])
})

test.each([
  ['Ctrl-C', '\\003'],
  ['Ctrl-D', '\\004'],
])('%s at its question ends it in silence, with nothing written', async (_key, typed) => {
  const command = await prepare()
  const terminal = 'data:text/javascript,process.stdin.isTTY=process.stdout.isTTY=true'
  const line = `export NODE_OPTIONS='--import=${terminal}'; printf '${typed}' | latchkey new`
  const { code, stdout, stderr } = await type(line, command)
  expect([code, stderr]).toEqual([130, ''])
  expect(stdout).toContain('Where shall the project be?')
  expect(readdirSync(command.folder)).toEqual([])
})

test('the help says every option, and no database that it would not touch', async () => {
  const { code, stdout } = await type('latchkey new --help', await prepare())
  expect([code, stdout.startsWith('Usage: latchkey new DIR [OPTION …]\n')]).toEqual([0, true])
  for (const option of ['--database', '--front-end', '--name', '--package', '--yes', '--help']) {
    expect(stdout).toContain(`\n  ${option}`.replace('  --help', '  -h, --help'))
  }
  expect(stdout).not.toContain('DATABASE_URL')
})

test('a folder that is not empty is refused with what is in it, which stays as it is', async () => {
  const command = await prepare()
  mkdirSync(join(command.folder, 'shop'))
  writeFileSync(join(command.folder, 'shop/server.ts'), 'mine')
  writeFileSync(join(command.folder, 'file'), 'mine')
  const full = await type('latchkey new shop', command)
  expect([full.code, full.stdout]).toEqual([1, ''])
  expect(full.stderr).toBe('shop is not empty, it has server.ts: name another folder\n')
  const file = await type('latchkey new file', command)
  expect([file.code, file.stderr]).toEqual([1, 'file is no folder: name another\n'])
  const here = await type('latchkey new .', command)
  expect([here.code, here.stderr]).toEqual([
    1,
    'This folder is not empty, it has file, shop: name another folder\n',
  ])
  expect(filesOf(command.folder)).toEqual(['file', 'shop/server.ts'])
  expect(readFileSync(join(command.folder, 'shop/server.ts'), 'utf8')).toBe('mine')
})

test('a folder with what a forge puts into it, or a link to one, is filled and stays', async () => {
  const command = await prepare()
  const folder = join(command.folder, 'shop')
  mkdirSync(folder)
  symlinkSync('shop', join(command.folder, 'link'))
  await type('git init --quiet shop', command)
  writeFileSync(join(folder, 'LICENSE'), 'mine')
  const config = readFileSync(join(folder, '.git/config'), 'utf8')
  expect((await type('cd link && latchkey new . && ls server.ts', command)).code).toBe(0)
  expect(filesOf(folder)).toContain('server.ts')
  expect(readdirSync(folder).filter((name) => name.startsWith('.latchkey'))).toEqual([])
  expect(readFileSync(join(folder, 'LICENSE'), 'utf8')).toBe('mine')
  expect(readFileSync(join(folder, '.git/config'), 'utf8')).toBe(config)
})

test.each([
  ['a new folder', 'latchkey new deep/er/shop'],
  [
    'an empty folder',
    'mkdir shop; cd shop; latchkey new .; code=$?; cd ..; rmdir shop; exit $code',
  ],
])('a disk that is full half-way leaves nothing behind in %s', async (_where, line) => {
  const command = await prepare()
  // No file may be larger than four kilobytes: some are written before one is.
  const { code, stdout, stderr } = await type(`trap '' XFSZ; ulimit -f 4; ${line}`, command)
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/^Nothing was written: EFBIG: file too large, write\n$/)
  expect(readdirSync(command.folder)).toEqual([])
})

test('in a folder of packages, where Node runs no TypeScript, nothing is written', async () => {
  const command = await prepare()
  for (const place of ['node_modules', 'node_modules/app']) {
    const { code, stderr } = await type(`latchkey new ${place}`, command)
    expect([code, stderr]).toEqual([1, expect.stringContaining('name another folder')])
  }
  expect(readdirSync(command.folder)).toEqual([])
})

test('where no folder can be made, that is said in a sentence', async () => {
  const command = await prepare()
  writeFileSync(join(command.folder, 'file'), 'mine')
  for (const place of ['file/shop', '/proc/shop']) {
    const { code, stdout, stderr } = await type(`latchkey new ${place}`, command)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^Nothing was written: E[A-Z]+: [^\n]+\n$/)
  }
  expect(readdirSync(command.folder)).toEqual(['file'])
})

test('a repository begins where there is none, without a commit, and never inside of another', async () => {
  const command = await prepare()
  await type('latchkey new alone', command)
  const { stdout } = await type('cd alone; git status --short --untracked-files=all', command)
  expect(stdout).toContain('?? server.ts\n')
  expect((await type('cd alone; git log', command)).code).not.toBe(0)
  await type('git init --quiet outer; cd outer; latchkey new packages/shop', command)
  expect(existsSync(join(command.folder, 'outer/packages/shop/server.ts'))).toBe(true)
  expect(existsSync(join(command.folder, 'outer/packages/shop/.git'))).toBe(false)
  // As in a hook of git's, which sets these.
  await type('git init --quiet hooked; GIT_DIR=$PWD/hooked/.git latchkey new beside', command)
  expect(existsSync(join(command.folder, 'beside/.git/HEAD'))).toBe(true)
  const withoutGit = `mkdir empty; ln -s ${process.execPath} empty/node; PATH=empty $(command -v latchkey) new bare`
  expect((await type(withoutGit, command)).code).toBe(0)
  expect(existsSync(join(command.folder, 'bare/server.ts'))).toBe(true)
})

test('what was used, installed or kept secret is not committed', async () => {
  const command = await prepare()
  await type('latchkey new shop', command)
  const made =
    'storage/a.sqlite3 node_modules/a web/dist/a web/node_modules/a .env backup.sqlite3 users.ndjson'
  const line = `for f in ${made}; do mkdir -p $(dirname $f); echo > $f; done; git status --short -uall`
  const { stdout } = await type(`cd shop; ${line}`, command)
  for (const path of made.split(' ')) expect(stdout).not.toContain(`?? ${path}\n`)
  expect(stdout).toContain('?? .env.development\n')
})

test('beside a Node that is too old the project brings one, and says so', async () => {
  const command = await prepare()
  for (const [version, brings] of [
    ['v20.20.2', true],
    ['v24.6.0', true],
    ['v24.7.0', false],
    ['v26.0.0', false],
  ] as const) {
    writeFileSync(join(command.folder, 'node'), `#!/bin/sh\necho ${version}\n`)
    chmodSync(join(command.folder, 'node'), 0o755)
    const { stdout } = await type(`PATH="$PWD:$PATH" latchkey new ${version}`, command)
    expect([version, stdout.includes('too old')]).toEqual([version, brings])
    const { optionalDependencies } = json(command.folder, version, 'package.json')
    const wanted = brings ? json('package.json').optionalDependencies : undefined
    expect([version, optionalDependencies]).toEqual([version, wanted])
  }
})

test('npm test runs the tests of all folders but of packages, and a Node that runs no TypeScript fails', async () => {
  const command = await prepare()
  await type('latchkey new shop --front-end none; rm shop/*.test.ts', command)
  const folder = join(command.folder, 'shop')
  for (const place of ['.', 'deep/er', 'node_modules/other']) {
    mkdirSync(join(folder, place), { recursive: true })
    const text = `import { test } from 'node:test'\nconst where: string = '${place}'\ntest(where)\n`
    writeFileSync(join(folder, place, 'some.test.ts'), text)
  }
  const script = json(folder, 'package.json').scripts.test.replace(/ && tsc$/, '')
  const line = `cd shop; ${script.replace('node', process.execPath)}`
  const { code, stdout } = await type(line, command)
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^ℹ pass 2$/m)])
  const old = await type(`export NODE_OPTIONS=--no-strip-types; ${line}`, command)
  expect(old.code).toBe(1)
})

test.each([
  ['my-api', 'my-api', 'My API'],
  ['My_Shop.v2', 'my-shop-v2', 'My Shop V2'],
  ['  spaced  out ', 'spaced-out', 'Spaced Out'],
  ['Überblick', 'uberblick', 'Überblick'],
  ['日本語', 'api', '日本語'],
  ["O'Neill & Söhne <b>", 'o-neill-sohne-b', 'O Neill Söhne B'],
  ['$(id)`{{title}}', 'id-title', 'Id Title'],
  ['---', 'api', 'API'],
  ['http', 'http-api', 'Http'],
  ['react', 'react-api', 'React'],
  ['web', 'web-api', 'Web'],
  ['node_modules', 'node-modules-api', 'Node Modules'],
  ['x'.repeat(255), 'x'.repeat(100), `X${'x'.repeat(59)}`],
])('the folder %j is the package %s, which is called %s', (folder, packageName, title) => {
  expect(namesOf(folder, { title: null })).toMatchObject({ packageName, title })
})

test('a title is whatever stands in code, in HTML and in a header as it is', () => {
  for (const title of ['Ann and Bob', 'Ann’s Shop, Inc.', '1-2-3 + go!', 'Ελλάδα', 'हिन्दी']) {
    expect([title, isTitle(title)]).toEqual([title, true])
  }
  const others = ['', ' a', 'a ', "a'b", 'a"b', 'a`b', 'a$b', 'a\\b', 'a\nb', 'a<b', 'a&b', 'a{b}']
  for (const title of [...others, '-a', 'a;b', 'a\u202eb', 'a@b', 'x'.repeat(61)]) {
    expect([title, isTitle(title)]).toEqual([title, false])
  }
})
