// The guide to hooks: what stands in files of a reader's own. Its server is run in test/docs/docs.test.ts.
import { expect, test } from 'vitest'
import { blocksOf, compile, packageFolder, said } from './guide.ts'

const page = 'docs/guides/hooks.md'
const [, hooks = '', profiles = ''] = blocksOf(page, 'ts')
const [table = ''] = blocksOf(page, 'sql')

// A user of whom the hook of the guide writes a row, and what the functions of the guide make of it.
const asked = `
import { createAuth, createStore, migrate } from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
import { hooks } from './hooks.ts'
import { nameOf, rename } from './profiles.ts'

const database = await openSqlite('app.sqlite3')
const own = { owner: 'app', directory: new URL('./migrations/sqlite/', import.meta.url) }
await migrate(database, [sqliteMigrations, own])
const auth = createAuth({ store: createStore(database), hooks })
const { user } = await auth.signUp({ emailAddress: 'ann@example.com', password: 'correct horse battery' })
console.log(await nameOf(database, user))
await rename(database, user, 'Ann')
console.log(await nameOf(database, user))
process.exit()
`

test('hooks in a file of their own compile, and their rows are read and written outside of them', async () => {
  const folder = packageFolder({
    'hooks.ts': hooks,
    'profiles.ts': profiles,
    'migrations/sqlite/0001_profiles.sql': table,
    'asked.js': asked,
  })
  await compile(folder)
  expect(await said(folder, 'asked.js')).toEqual(['null', 'Ann'])
}, 60_000)
