// CON-10: the first start dies at the first, second, third … call with which it migrates.

import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { emptyDatabaseUrl, temporaryFolder } from '../harness.ts'
import { createClient } from './client.ts'
import { openHistory } from './history.ts'
import { faultOptions } from './options.ts'
import { conclude } from './row.ts'
import { killedAt } from './strace.ts'
import { openTables } from './tables.ts'
import { createTarget } from './target.ts'

const { kills } = faultOptions()
const calls = { sqlite: 'pwrite64', postgres: 'writev' }

test('a migration that dies anywhere is whole or not there, and the next start finishes it', async () => {
  const history = openHistory(join(temporaryFolder(), 'history.jsonl'))
  const call = calls[inject('database')]
  for (let kill = 0; kill < Math.ceil(kills / 10); kill++) {
    const databaseUrl = await emptyDatabaseUrl()
    const smtpUrl = 'smtp://127.0.0.1:9'
    const target = await createTarget({ databaseUrl, smtpUrl, processes: 1 })
    const count = 1 + kill * 3
    await target.start(...killedAt(call, count))
    const survived = await Promise.race([
      target.ended().then(() => false),
      target.ready().then(() => true),
    ])
    target.signal('SIGKILL')
    await target.ended()
    const at = history.now()
    await target.start()
    await target.ready()
    const point = survived ? 'behind the migration' : `${call} ${count}`
    history.append({ type: 'fault', name: 'kill', at, point, recoveredAfter: history.now() - at })
    const body = { email_address: 'ann@example.com', password: 'correct horse battery' }
    const send = createClient(target.origin, history)
    expect((await send('POST /v1/registrations', { body })).status).toBe(201)
    const tables = openTables(databaseUrl)
    for (const what of await tables.damage()) history.append({ type: 'damage', at, what })
    await tables.close()
    await target.stop()
    if (survived) break
  }
  conclude('migration killed', inject('database'), history.entries)
})
