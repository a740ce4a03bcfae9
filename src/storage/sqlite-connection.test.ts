import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test, vi } from 'vitest'
import { temporaryFolder } from '../../test/harness.ts'
import type { Value } from './database.ts'
import { SqliteConnection } from './sqlite-connection.ts'

test('what is acknowledged is on the disk: WAL, and synchronous FULL', () => {
  const writer = openWriter()
  expect(writer.query('PRAGMA journal_mode', [])).toEqual([['wal']])
  expect(writer.query('PRAGMA synchronous', [])).toEqual([[2]])
})

test('a LIMIT is bound like any other value, and is left alone where it is no code', () => {
  const writer = openWriter()
  const numbers = 'SELECT value FROM json_each($1)'
  expect(writer.query(`${numbers} LIMIT $2`, ['[1,2,3]', 2])).toEqual([[1], [2]])
  expect(writer.query(`${numbers} limit\n  $2 OFFSET $3`, ['[1,2,3]', 1, 1])).toEqual([[2]])
  expect(writer.query(`SELECT 'limit $1', "limit $2" FROM (SELECT $1 AS "limit $2")`, [7])).toEqual(
    [['limit $1', 7]],
  )
})

test('no parameter is bare: SQLite would plan a join, or a LIMIT, anew for each of its values', () => {
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare')
  onTestFinished(() => void prepare.mockRestore())
  openWriter().query('SELECT value FROM json_each($1) LIMIT $2', ['[1]', 1])
  expect(prepare).toHaveBeenCalledWith('SELECT value FROM json_each(+?) LIMIT +?')
})

test('64 MiB may hold pages, however much memory there is and however large the file', () => {
  expect(openWriter().query('PRAGMA cache_size', [])).toEqual([[-65_536]])
})

test('a row that refers to nothing is refused', () => {
  const writer = openWriter()
  writer.script('CREATE TABLE parent (id INTEGER PRIMARY KEY)')
  writer.script('CREATE TABLE child (parent_id REFERENCES parent (id))')
  expect(() => writer.query('INSERT INTO child VALUES ($1)', [1])).toThrow('FOREIGN KEY')
  expect(writer.query('SELECT count(*) FROM child', [])).toEqual([[0]])
})

test.each<[string, Value]>([
  ['text', 'plain'],
  ['empty text', ''],
  ['text with a NUL', 'before\0after'],
  ['text that looks like SQL', `'; DROP TABLE kept; -- $1 ?1`],
  ['emoji', '👩‍🚀 é e\u0301 \u2028'],
  ['bytes', Uint8Array.of(0, 1, 127, 128, 255)],
  ['no bytes', new Uint8Array()],
  ['a window into bytes', new Uint8Array(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2)],
  ['zero', 0],
  ['a fraction', -0.1],
  ['the largest safe integer', Number.MAX_SAFE_INTEGER],
  ['the smallest safe integer', Number.MIN_SAFE_INTEGER],
  ['null', null],
])('%s comes back as it was stored', (_name, value) => {
  const writer = openWriter()
  const type = Number.isInteger(value) ? 'INTEGER' : 'ANY'
  writer.script(`CREATE TABLE kept (value ${type}) STRICT`)
  writer.query('INSERT INTO kept VALUES ($1)', [value])
  expect(writer.query('SELECT value, value IS NULL FROM kept', [])).toEqual([
    [value, value === null ? 1 : 0],
  ])
})

test('parameters are bound by their number, also out of order and twice', () => {
  const values = Array.from({ length: 11 }, (_, index) => `value ${index + 1}`)
  const sql = 'SELECT $2, $1, $2, $11, $3, $4, $5, $6, $7, $8, $9, $10'
  const [row] = openWriter().query(sql, values)
  expect(row?.slice(0, 4)).toEqual(['value 2', 'value 1', 'value 2', 'value 11'])
})

test('an instant is bound as milliseconds', () => {
  const instant = new Date('2026-01-01T12:00:00.123Z')
  expect(openWriter().query('SELECT $1', [instant])).toEqual([[instant.getTime()]])
})

test('locks on rows are left out, where they are no text', () => {
  const sql = "SELECT 'FOR SHARE' FROM sqlite_schema FOR UPDATE SKIP LOCKED"
  expect(openWriter().query(sql, [])).toEqual([])
  expect(openWriter().query("SELECT 'FOR SHARE' for share", [])).toEqual([['FOR SHARE']])
})

test('two columns of one name are two values', () => {
  expect(openWriter().query('SELECT 1 AS id, 2 AS id', [])).toEqual([[1, 2]])
})

test.each([
  ['undefined', [undefined]],
  ['an invalid Date', [new Date(Number.NaN)]],
  ['an array', [['a']]],
  ['an object', [{ $1: 'a' }]],
  ['a text object', [new String('a')]],
  ['an ArrayBuffer', [new ArrayBuffer(1)]],
  ['a boolean', [true]],
  ['a bigint', [1n]],
  ['a symbol', [Symbol('a')]],
  ['a function', [() => 'a']],
  ['a hole', new Array(1)],
])('%s is not bound, and nothing runs', (_name, values) => {
  expectRefused('INSERT INTO kept VALUES ($1)', JSON.parse('[]').concat(values))
})

test.each([
  ['too few', 'INSERT INTO kept SELECT $1 || $2', ['a']],
  ['none', 'INSERT INTO kept VALUES ($1)', []],
  ['too many', 'INSERT INTO kept VALUES ($1)', ['a', 'b']],
  ['one for a statement without parameters', 'INSERT INTO kept VALUES (1)', ['a']],
  ['two for the highest number three', 'INSERT INTO kept VALUES ($3)', ['a', 'b']],
])('a number of values that is wrong is refused, and nothing runs: %s', (_name, sql, values) => {
  expectRefused(sql, values)
})

// node:sqlite binds NULL for it, without an error.
test.each([Number.NaN])('%d is not bound, and nothing runs', (value) => {
  expectRefused('INSERT INTO kept VALUES ($1)', [value])
})

test.each([
  'BEGIN',
  ' begin immediate',
  'COMMIT',
  'ROLLBACK',
  'SAVEPOINT a',
  'SELECT ?',
  'SELECT ?1',
  'SELECT 1; SELECT 2',
  '/* report */ BEGIN',
  '-- report\nBEGIN',
  'SELECT "a?", ?',
])('%s is no single statement with numbered parameters, and is refused', (sql) => {
  const writer = openWriter()
  expect(() => writer.query(sql, [])).toThrow('One statement')
  expect(writer.isInTransaction).toBe(false)
})

test('what stands in quotes is text, whatever it looks like', () => {
  const writer = openWriter()
  const sql = `-- don't; ? $9
    SELECT '$1; ? it''s $2', $1 AS "what?", 'BEGIN' /* $3; ? */ ; `
  expect(writer.query(sql, ['a'])).toEqual([["$1; ? it's $2", 'a', 'BEGIN']])
})

test('a statement that was refused once works with the right values', () => {
  const writer = openWriter()
  expect(() => writer.query('SELECT $1', [])).toThrow('The statement takes 1 values, not 0')
  expect(writer.query('SELECT $1', ['a'])).toEqual([['a']])
})

function expectRefused(sql: string, values: readonly Value[]) {
  const writer = openWriter()
  writer.script('CREATE TABLE kept (value)')
  expect(() => writer.query(sql, values)).toThrow(TypeError)
  expect(writer.query('SELECT count(*) FROM kept', [])).toEqual([[0]])
}

function openWriter(): SqliteConnection {
  const writer = new SqliteConnection(join(temporaryFolder(), 'test.sqlite3'), 'write')
  onTestFinished(() => writer.close())
  return writer
}
