import { batchRows } from '../storage/batches.ts'
import type { Snapshot } from '../storage/snapshot.ts'
import { apiKeys, events, sessions, type TransferTable, users } from '../storage/transfer-tables.ts'
import { findOriginIds, listImportedSessions, selectPage } from '../storage/transfers.ts'
import { compare, end, header, writeOriginIds, writeRecord, writeTokens } from './record.ts'

/**
 * All that an import reads back, line by line, several in each text: who there is, and what is theirs.
 * Two of the same database are the same bytes, whichever database it is.
 */
export async function* exportLines(snapshot: Snapshot): AsyncGenerator<string> {
  yield `${JSON.stringify(header)}\n`
  let records = 0
  const write = (all: readonly Record<string, unknown>[]) => {
    records += all.length
    return all.map((record) => `${JSON.stringify(record)}\n`).join('')
  }
  for await (const page of pagesOf(snapshot, users)) {
    const originIds = await findOriginIds(snapshot, page.map(idOf))
    yield write(
      page.map((row) => {
        const origins = writeOriginIds(originIds.get(idOf(row)) ?? [])
        return { ...writeRecord(users, row), origins }
      }),
    )
  }
  const tokens = await listImportedSessions(snapshot)
  yield write(tokens.sort((a, b) => compare(a.origin, b.origin)).map(writeTokens))
  for (const table of [sessions, apiKeys, events]) {
    for await (const page of pagesOf(snapshot, table)) {
      yield write(page.map((row) => writeRecord(table, row)))
    }
  }
  yield `${JSON.stringify({ type: end, records })}\n`
}

type Page = Awaited<ReturnType<typeof selectPage>>

async function* pagesOf(snapshot: Snapshot, table: TransferTable): AsyncGenerator<Page> {
  let after: string | null = null
  for (;;) {
    const page: Page = await selectPage(snapshot, table, { after, limit: batchRows })
    const [last] = page.slice(-1)
    if (!last) return
    yield page
    after = idOf(last)
  }
}

function idOf(row: Page[number]): string {
  return String(row[0])
}
