import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { AuthError } from '../core/errors.ts'
import { isBusy, isWriteToReader, toAuthError } from './sqlite-errors.ts'

const sqliteError = (errcode: unknown) => Object.assign(new Error('SQLite says so'), { errcode })

test.each([
  ['SQLITE_BUSY', 5],
  ['SQLITE_LOCKED', 6],
  ['SQLITE_READONLY', 8],
  ['SQLITE_IOERR', 10],
  ['SQLITE_CORRUPT', 11],
  ['SQLITE_FULL', 13],
  ['SQLITE_NOTADB', 26],
  ['SQLITE_CANTOPEN', 14],
  ['SQLITE_BUSY_SNAPSHOT', 517],
  ['SQLITE_LOCKED_SHAREDCACHE', 262],
  ['SQLITE_READONLY_DBMOVED', 1032],
  ['SQLITE_IOERR_WRITE', 778],
  ['SQLITE_IOERR_FSYNC', 1034],
  ['SQLITE_CANTOPEN_ISDIR', 526],
])('%s means that the database is away, and stays the cause', (_name, errcode) => {
  const cause = sqliteError(errcode)
  const error = toAuthError(cause)
  expect(error).toBeInstanceOf(AuthError)
  expect(error).toMatchObject({ code: 'unavailable', cause, fields: [] })
})

test.each([
  ['SQLITE_ERROR', sqliteError(1)],
  ['SQLITE_CONSTRAINT_UNIQUE', sqliteError(2067)],
  ['SQLITE_CONSTRAINT_FOREIGNKEY', sqliteError(787)],
  ['a code that is text', sqliteError('5')],
  ['no code', sqliteError(undefined)],
  ['an error of the application', new TypeError('no')],
  ['an error of the core', new AuthError('overloaded')],
  ['a thrown text', 'SQLITE_BUSY'],
  ['a thrown object that is no error', { errcode: 5 }],
  ['a thrown nothing', undefined],
])('%s stays what it is', (_name, error) => {
  expect(toAuthError(error)).toBe(error)
  expect(isBusy(error)).toBe(false)
  expect(isWriteToReader(error)).toBe(false)
})

test.each([5, 6, 261, 262, 517, 773])('another holds the lock when the code is %i', (errcode) => {
  expect(isBusy(sqliteError(errcode))).toBe(true)
})

test.each([8, 10, 13, 14, 1032])('nobody holds the lock when the code is %i', (errcode) => {
  expect(isBusy(sqliteError(errcode))).toBe(false)
})

test('only a write to a connection that reads is one, not a disk that became read-only', () => {
  expect(isWriteToReader(sqliteError(8))).toBe(true)
  expect(isWriteToReader(sqliteError(1032))).toBe(false)
  expect(isWriteToReader(sqliteError(776))).toBe(false)
})

test('an error of another realm, as SQLite’s are under Jest, means the same', () => {
  const cause = runInNewContext("Object.assign(new Error('database is locked'), { errcode: 5 })")
  expect(cause).not.toBeInstanceOf(Error)
  expect(toAuthError(cause)).toMatchObject({ code: 'unavailable', cause })
})
