import { expect, test } from 'vitest'
import { openDatabase, temporaryFolder } from '../../test/harness.ts'
import { listDeadAliases } from './access-tokens.ts'
import type { Connection, Value } from './database.ts'

test('dead aliases are found in the order of their list, and none is looked at that is not in it', async () => {
  const database = await openDatabase(`sqlite:${temporaryFolder()}/test.sqlite3`)
  const asked: [string, readonly Value[]][] = []
  const connection: Connection = {
    async query(sql, values = []) {
      asked.push([`EXPLAIN QUERY PLAN ${sql}`, values])
      return []
    },
  }
  await listDeadAliases(connection, new Date(), { issuedAfter: new Date(), limit: 10 })
  const [[sql, values] = ['', []]] = asked
  expect((await database.query(sql, values)).map((row) => row[3])).toEqual([
    'SEARCH session_aliases USING INDEX session_aliases_dead (session_id=? AND issued_at>?)',
  ])
})
