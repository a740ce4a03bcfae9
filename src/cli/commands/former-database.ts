import { readText } from '../../storage/columns.ts'
import type { Database } from '../../storage/database.ts'
import { readPlace } from '../../storage/examination.ts'
import { isNotMigrated } from '../../storage/migrate.ts'
import { type Known, readKnown } from '../../storage/restored-rows.ts'
import { explain } from '../explain.ts'
import { Refused } from './command.ts'
import { withDatabase } from './database.ts'

/** The open database that `DATABASE_URL` names. */
interface Restored {
  readonly url: string
  readonly database: Database
}

/**
 * Asks the PostgreSQL database that a restored one is to replace what it knew.
 *
 * @param former its name on the same server, or a URL
 * @throws Refused if it does not say, or is the restored one itself
 */
export async function askFormer(former: string, { url, database }: Restored): Promise<Known> {
  const place = await readPlace(database)
  try {
    return await withDatabase(urlOf(former, url), async (other) => {
      // It holds everything that was restored, and would say that nothing came back.
      if ((await readPlace(other)) === place) throw new Refused(itself)
      return readKnown(async (sql) => (await other.query(sql)).map(([id = null]) => readText(id)))
    })
  } catch (error) {
    if (error instanceof Refused) throw error
    if (isNotMigrated(error)) throw new Refused("There are no tables of Latchkey's in --former")
    const said = explain(error)
    throw typeof said === 'string' ? new Refused(said.replaceAll('DATABASE_URL', '--former')) : said
  }
}

const itself = '--former names the database that was restored: name the one before'

// SECURITY: on the same server a name is enough, so that no password shows in the list of processes.
function urlOf(former: string, url: string): string {
  if (/^postgres(?:ql)?:\/\//.test(former)) return former
  const other = new URL(url)
  other.pathname = `/${encodeURIComponent(former)}`
  return other.href
}
