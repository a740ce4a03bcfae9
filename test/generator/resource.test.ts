// What latchkey generate resource writes, and when it writes nothing. That it runs is seen in
// projects.test.ts.
import { execFile } from 'node:child_process'
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { writeAdditions } from '../../src/generator/additions.ts'
import { fieldTypes, parseFields } from '../../src/generator/field.ts'
import { planResource } from '../../src/generator/resource.ts'
import { parseResourceNames } from '../../src/generator/resource-names.ts'
import { type Command, prepareCommand, run } from '../cli/command.ts'

const template = 'templates/api'
const read = (...path: string[]) => readFileSync(join(...path), 'utf8')

/** A project without modules, on one database or on both. */
async function prepare(databases: readonly string[] = ['sqlite']): Promise<Command> {
  const command = await prepareCommand()
  const folder = join(command.folder, 'shop')
  mkdirSync(folder)
  for (const database of databases) {
    cpSync(`${template}/migrations/${database}`, join(folder, 'migrations', database), {
      recursive: true,
    })
  }
  for (const file of ['routes.ts', 'projects.ts', 'projects.test.ts']) {
    cpSync(join(template, file), join(folder, file))
  }
  return { ...command, folder }
}

/** Types a line in that project. */
async function type(line: string, { folder, databaseUrl }: Command) {
  return run({ folder: join(folder, '..'), databaseUrl }, `cd shop; ${line}`)
}

function contents(folder: string): Record<string, string> {
  const files = globSync('**/*.*', { cwd: folder }).filter((path) => /\.(ts|sql)$/.test(path))
  return Object.fromEntries(files.sort().map((path) => [path, read(folder, path)]))
}

/** A formatter and linter with the rules of this repository. */
async function check(folder: string): Promise<string> {
  const biome = 'node_modules/@biomejs/biome/bin/biome'
  const args = [biome, 'check', `--config-path=${process.cwd()}`, '--vcs-enabled=false', folder]
  const ran = promisify(execFile)(process.execPath, args)
  const { code, stdout, stderr } = await ran.catch((error) => error)
  return code === undefined ? '' : `${stdout}${stderr}`
}

test('asked for what the template has, it writes the template', async () => {
  const command = await prepare(['sqlite', 'postgres'])
  const before = contents(command.folder)
  const empty = 'rm projects*.ts migrations/*/*.sql'
  const asked = 'latchkey generate resource projects title:string description:text?'
  expect((await type(`${empty}; ${asked}`, command)).code).toBe(0)
  const after = contents(command.folder)
  expect(Object.keys(after)).toEqual(Object.keys(before))
  for (const path of Object.keys(after)) {
    expect([path, after[path]]).toEqual([path, before[path]])
  }
})

test('a resource is a line in the routes, two scopes, its file, its tests and a migration', async () => {
  const command = await prepare(['sqlite', 'postgres'])
  writeFileSync(join(command.folder, 'migrations/sqlite/0007_later.sql'), '')
  const pages = join(command.folder, 'web/src/pages/api-keys')
  cpSync('templates/web/src/pages/api-keys/scopes.ts', join(pages, 'scopes.ts'))
  const { code, stdout, stderr } = await type(
    'latchkey generate resource line-items label:string amount:integer paid_on:date?',
    command,
  )
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toBe(`Wrote line-items.ts
Wrote line-items.test.ts
Wrote migrations/sqlite/0008_line_items.sql
Wrote migrations/postgres/0002_line_items.sql
Changed routes.ts
Changed web/src/pages/api-keys/scopes.ts

One of the line items is called a line item: --singular says otherwise.
`)
  const routes = read(command.folder, 'routes.ts')
  expect(routes).toContain("import { lineItems } from './line-items.ts'\nimport { projects }")
  expect(routes).toContain('return [welcome, ...projects(database), ...lineItems(database)]')
  expect(routes).toContain(
    "['projects:read', 'projects:write', 'line_items:read', 'line_items:write']",
  )
  expect(read(pages, 'scopes.ts')).toContain("  'line_items:read': 'See your line items',\n")
  const own = read(command.folder, 'line-items.ts')
  expect(own.match(/project/i)).toBeNull()
  expect(own).toContain("summary: 'List your line items, oldest first'")
  expect(read(command.folder, 'line-items.test.ts').match(/project/i)).toBeNull()
  for (const place of ['sqlite/0008', 'postgres/0002']) {
    const sql = read(command.folder, `migrations/${place}_line_items.sql`)
    expect(sql).toMatch(/user_id .* NOT NULL REFERENCES users \(id\) ON DELETE CASCADE,\n/)
    expect(sql).toContain('CREATE INDEX line_items_user_id ON line_items (user_id, id);')
  }
  expect(await check(command.folder)).toBe('')
})

test('what is written needs no formatter, however long the names and however many the fields', async () => {
  const { folder } = await prepare(['sqlite', 'postgres'])
  const types = Object.keys(fieldTypes)
  const write = (name: string, words: readonly string[]) => {
    const names = parseResourceNames(name, { singular: null })
    const fields = parseFields(words)
    if (typeof names === 'string' || typeof fields === 'string')
      throw new Error(`${names} ${fields}`)
    const plan = planResource(folder, { names, fields })
    if (typeof plan === 'string') throw new Error(plan)
    writeAdditions(folder, plan.files)
  }
  for (let count = 1; count <= 28; count += 1) {
    const wide = count > 14 ? count + 12 : count
    const words = Array.from({ length: wide }, (_, index) => {
      const name = `f${String(index).padStart(((count * 7) % 23) + 2, 'x')}`
      return `${name}:${types[index % types.length]}${index % 4 === 1 ? '?' : ''}`
    })
    write(`n${'abcd'.repeat(7).slice(0, count)}s`, words)
  }
  for (const [index, each] of types.entries()) {
    write(`one_${each}_things`, [`one:${each}`])
    write(`many_${each}_things`, [`one:${each}?`, `${'x'.repeat(25)}:${types[index]}?`])
  }
  expect(await check(folder)).toBe('')
}, 60_000)

test.each([
  ['note', 'notes'],
  ['LineItem', 'line_items'],
  ['category', 'categories'],
  ['box', 'boxes'],
  ['day', 'days'],
])('%s is taken for one of the %s', (name, plural) => {
  const singular = parseResourceNames(plural, { singular: null })
  expect(parseResourceNames(name, { singular: null })).toEqual(singular)
  expect(singular).toMatchObject({ plural })
})

test.each([
  ['notes', 'note', 'a note', 'Note'],
  ['lineItems', 'line_item', 'a line item', 'LineItem'],
  ['Categories', 'category', 'a category', 'Category'],
  ['invoices', 'invoice', 'an invoice', 'Invoice'],
  ['addresses', 'address', 'an address', 'Address'],
  ['statuses', 'status', 'a status', 'Status'],
  ['houses', 'house', 'a house', 'House'],
  ['boxes', 'box', 'a box', 'Box'],
  ['branches', 'branch', 'a branch', 'Branch'],
  ['movies', 'movie', 'a movie', 'Movie'],
  ['days', 'day', 'a day', 'Day'],
  ['units', 'unit', 'a unit', 'Unit'],
  ['hours', 'hour', 'an hour', 'Hour'],
])('one of the %s is a %s', (name, singular, one, typeName) => {
  const names = parseResourceNames(name, { singular: null })
  expect(names).toMatchObject({ singular, words: { one }, type: typeName })
})

test('another word is said', () => {
  expect(parseResourceNames('people', { singular: 'person' })).toMatchObject({
    plural: 'people',
    singular: 'person',
  })
})

test.each([
  ['', 'NAME is needed'],
  ['person title:string', 'NAME is in the plural, such as notes, and person is none'],
  ['people title:string', 'NAME is in the plural, such as notes, and people is none'],
  ['sheep title:string --singular sheep', 'NAME is in the plural'],
  ['news title:string', 'NAME is in the plural, such as notes, and news is none'],
  ['tv_series title:string', 'NAME is in the plural, such as notes, and tv_series is none'],
  ['note-s title:string', 'NAME is in the plural, such as notes, and note_s is none'],
  ["'my notes' title:string", "'my notes' is no name of a resource"],
  ['../notes title:string', "'../notes' is no name of a resource"],
  [`${'n'.repeat(30)}s title:string`, `'${'n'.repeat(30)}s' is no name of a resource`],
  ['users title:string', 'users has another meaning'],
  ['routes title:string', 'routes has another meaning'],
  ['rows title:string', 'rows has another meaning'],
  ['sqliteThings title:string', 'sqlite_things begins with sqlite_, as only tables of SQLite'],
  ["notes --singular '' title:string", "--singular '' is no name"],
  [
    'notes a:string --singular --dry-run',
    '--singular has no value, or one that begins with a dash',
  ],
  ['notes', 'At least one field is needed'],
  ['notes title', "'title' is no field"],
  ['notes title:', "'' is no type of a field"],
  ['notes title:strnig', "'strnig' is no type of a field: string, text, integer"],
  ['notes title:constructor', "'constructor' is no type of a field"],
  ['notes Title:string', "'Title' is no name of a field"],
  ['notes "a\'b:string"', "'a'b' is no name of a field"],
  ['notes order:integer', 'order is a word of SQL'],
  ['notes user_id:uuid', 'Every row has user_id already'],
  ['notes a:string a:text', 'a is there twice'],
  ['notes a:string --frob', "Unknown option '--frob'"],
])('latchkey generate resource %s is wrong usage, and writes nothing', async (words, sentence) => {
  const command = await prepare()
  const before = contents(command.folder)
  const { code, stdout, stderr } = await type(`latchkey generate resource ${words}`, command)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr.slice(0, sentence.length)).toBe(sentence)
  expect(stderr).toMatch(/^[^\n]+: see latchkey generate resource --help\n$/)
  expect(contents(command.folder)).toEqual(before)
})

const asked = 'latchkey generate resource notes title:string'

test.each([
  ['no project', 'rm routes.ts', 'This folder is no project of latchkey new'],
  ['a project without migrations', 'rm -r migrations', 'This folder is no project'],
  [
    'one with the file',
    'touch notes.test.ts',
    'Nothing was written, because it would overwrite notes.test.ts',
  ],
  [
    'one with the table',
    'echo \'create table "notes" (a TEXT)\' > migrations/sqlite/0002_a.sql',
    'The table notes is there already, in 0002_a.sql',
  ],
])('%s is refused, and stays as it is', async (_what, line, sentence) => {
  const command = await prepare()
  await type(line, command)
  const before = contents(command.folder)
  const { code, stdout, stderr } = await type(asked, command)
  expect([code, stdout, stderr.slice(0, sentence.length)]).toEqual([1, '', sentence])
  expect(contents(command.folder)).toEqual(before)
})

test('a table of routes that a checkout on Windows made is edited, and keeps its line ends', async () => {
  const command = await prepare()
  const routes = join(command.folder, 'routes.ts')
  writeFileSync(routes, read(routes).replaceAll('\n', '\r\n'))
  const { code, stdout } = await type('latchkey generate resource notes title:string', command)
  expect([code, stdout]).toEqual([0, expect.not.stringContaining('routes.ts: ')])
  expect(read(routes)).toMatch(/\.\.\.notes\(database\)/)
  expect(read(routes).replaceAll('\r\n', '')).not.toContain('\n')
})

test('it is not done twice', async () => {
  const command = await prepare()
  expect((await type(asked, command)).code).toBe(0)
  const before = contents(command.folder)
  expect((await type(asked, command)).code).toBe(1)
  expect(contents(command.folder)).toEqual(before)
})

test('a dry run says the same, and writes nothing', async () => {
  const command = await prepare()
  const before = contents(command.folder)
  const dry = await type(`${asked} --dry-run`, command)
  expect(contents(command.folder)).toEqual(before)
  const wet = await type(asked, command)
  const said = wet.stdout.replaceAll('Wrote', 'Would write').replaceAll('Changed', 'Would change')
  expect([dry.code, dry.stdout]).toEqual([0, said])
})

test.each([
  ['routes in another way', 's/return \\[.*/return [welcome].concat(projects(database))/'],
  ['scopes with a comment', 's/^export const scopes = \\[/&\\n  \\/\\/ mine\\n/'],
  ['no scopes', 's/^export const scopes/const others/'],
  ['the routes twice', 's/^  return .*/&\\n&/'],
  ['something of that name', 's/^\\/\\/ The only.*/const notes = []/'],
  ['no import of a file', "/from '.\\/projects.ts'/d"],
])('a table of routes with %s is left to a person, who is told what to do', async (_what, edit) => {
  const command = await prepare()
  await type(`sed -i "${edit}" routes.ts`, command)
  const before = read(command.folder, 'routes.ts')
  expect(before).not.toBe(read(template, 'routes.ts'))
  const { code, stdout } = await type(asked, command)
  expect([code, read(command.folder, 'routes.ts')]).toEqual([0, before])
  expect(stdout).toMatch(/^Wrote notes\.ts$/m)
  expect(stdout).toContain(`
Left to do by hand:
  routes.ts: import { notes } from './notes.ts'
  routes.ts: add 'notes:read' and 'notes:write' to the scopes
  routes.ts: add ...notes(database) to the routes
`)
})

test('a resource whose name ends the file of another is added like any', async () => {
  const command = await prepare()
  await type('latchkey generate resource line_items label:string', command)
  const { code, stdout } = await type('latchkey generate resource items label:string', command)
  expect([code, stdout]).toEqual([0, expect.not.stringContaining('by hand')])
  const routes = read(command.folder, 'routes.ts')
  expect(routes).toContain("import { items } from './items.ts'\n")
  expect(routes).toContain('...lineItems(database), ...items(database)]')
})

test('a disk that is full half-way leaves everything as it was', async () => {
  const command = await prepare()
  const before = contents(command.folder)
  const { code, stdout, stderr } = await type(`trap '' XFSZ; ulimit -f 5; ${asked}`, command)
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/^Nothing was written: EFBIG: file too large, write\n$/)
  expect(contents(command.folder)).toEqual(before)
})

test('the help says every type and option, and no database that it would not touch', async () => {
  const { code, stdout } = await type('latchkey generate resource --help', await prepare())
  expect(code).toBe(0)
  for (const word of ['datetime', 'email', '--singular WORD', '--dry-run', ':optional']) {
    expect(stdout).toContain(word)
  }
  expect(stdout).not.toContain('DATABASE_URL')
})

test('every word that a database refuses as a column is refused before', async () => {
  const client = new pg.Client(inject('postgresUrl'))
  await client.connect()
  const { rows } = await client.query('SELECT word FROM pg_get_keywords()')
  const words: string[] = [
    ...rows.map(({ word }) => word),
    ...'ctid xmin glob pragma vacuum'.split(' '),
  ]
  const sqlite = new DatabaseSync(':memory:')
  const refused = async (word: string) => {
    const sql = `CREATE TEMPORARY TABLE t (id integer, ${word} text); DROP TABLE t`
    const byPostgres = await client.query(sql).then(
      () => false,
      () => true,
    )
    try {
      sqlite.exec(sql)
      return byPostgres
    } catch {
      return true
    }
  }
  const allowed = words.filter((word) => typeof parseFields([`${word}:string`]) !== 'string')
  const wrong: string[] = []
  for (const word of allowed) if (await refused(word)) wrong.push(word)
  await client.end()
  expect([allowed.length > 200, wrong]).toEqual([true, []])
})

test('no table or path of Latchkey’s is taken', () => {
  const sql = globSync('src/storage/migrations/*/*.sql')
    .map((path) => read(path))
    .join('\n')
  const tables = [...sql.matchAll(/CREATE TABLE (\w+)/g)].map(([, name = '']) => name)
  const code = globSync('src/http/*.ts')
    .map((path) => read(path))
    .join('\n')
  const paths = [...code.matchAll(/'\/v1\/(\w+)/g)].map(([, name = '']) => name)
  expect([tables.length > 10, paths.length > 10]).toEqual([true, true])
  for (const name of new Set([...tables, ...paths])) {
    const names = parseResourceNames(name, { singular: 'thing' })
    expect([name, typeof names]).toEqual([name, 'string'])
  }
})
