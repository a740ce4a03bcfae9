import type { Database } from '../../../storage/database.ts'
import { readSetting } from '../../../storage/examination.ts'
import { advice, type Finding, fault, ok } from './finding.ts'

type ReadSetting = (name: string) => Promise<string>

/** Examines the settings of PostgreSQL for a server of so many processes. */
export async function judgePostgres(
  database: Database,
  processes: number,
): Promise<readonly Finding[]> {
  const setting: ReadSetting = (name) => readSetting(database, name)
  return [
    await judgeVersion(setting),
    ...(await judgeDurability(setting)),
    ...(await judgeDates(setting)),
    ...(await judgeConnections(setting, processes)),
  ]
}

async function judgeVersion(setting: ReadSetting): Promise<Finding> {
  const version = await setting('server_version')
  const isOld = Number(await setting('server_version_num')) < 140_000
  if (isOld) return fault('database', `PostgreSQL ${version}`, 'bring 14 or a newer one')
  return ok('database', `PostgreSQL ${version} answers`)
}

async function judgeDurability(setting: ReadSetting): Promise<readonly Finding[]> {
  const found: Finding[] = []
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    if ((await setting(name)) !== 'off') continue
    const lost = `${name} is off: a crash undoes what was acknowledged`
    found.push(fault('database', lost, `set ${name} = on`))
  }
  return found
}

async function judgeDates(setting: ReadSetting): Promise<readonly Finding[]> {
  const style = await setting('DateStyle')
  if (style.startsWith('ISO')) return []
  const unread = `DateStyle is ${style}: no instant is read`
  return [fault('database', unread, 'ALTER ROLE … SET DateStyle = ISO')]
}

// How many connections a process may open, and how many PostgreSQL keeps for its superusers.
const connectionsPerProcess = 12
const reservedConnections = 3

async function judgeConnections(
  setting: ReadSetting,
  processes: number,
): Promise<readonly Finding[]> {
  const maximum = Number(await setting('max_connections'))
  const wanted = connectionsPerProcess * processes
  if (wanted <= maximum - reservedConnections) return []
  const few = `${maximum} connections, and this server may want ${wanted}`
  return [advice('database', few, 'raise max_connections, or put a pooler in between')]
}
