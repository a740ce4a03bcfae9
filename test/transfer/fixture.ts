// Databases of other systems, from what those systems wrote; `fixtures` says which versions did.
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { inject, onTestFinished } from 'vitest'
import { temporaryFolder } from '../harness.ts'

/** The URL of a database with the statements of a file in it. */
export async function openFixture(name: string): Promise<string> {
  const url = name.endsWith('-postgres') ? await postgresDatabase() : sqliteDatabase()
  await runIn(url, fixtureText(name))
  // As Rails makes them.
  if (url.startsWith('sqlite:')) await runIn(url, 'PRAGMA journal_mode = WAL')
  return url
}

/** The one of both that is about the database of this run. */
export function fixtureName(name: string): string {
  return `${name}-${inject('database')}`
}

export function fixtureText(name: string): string {
  return readFileSync(`test/transfer/fixtures/${name}.sql`, 'utf8')
}

/** Files of other systems, as `rails.sqlite3`, for what the docs show. */
export function writeOrigins(folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const name of ['rails', 'devise', 'better-auth']) {
    const database = new DatabaseSync(join(folder, `${name}.sqlite3`))
    database.exec(fixtureText(`${name}-sqlite`))
    database.exec('PRAGMA journal_mode = WAL')
    database.close()
  }
}

/** An empty one, of the kind that this run is about. */
export async function emptySource(): Promise<string> {
  return inject('database') === 'postgres' ? postgresDatabase() : sqliteDatabase()
}

export async function runIn(url: string, sql: string): Promise<void> {
  if (url.startsWith('sqlite:')) {
    const database = new DatabaseSync(url.replace('sqlite:', ''))
    database.exec(sql)
    database.close()
  } else {
    const client = new pg.Client(url)
    await client.connect()
    await client.query(sql)
    await client.end()
  }
}

function sqliteDatabase(): string {
  const path = join(temporaryFolder(), 'old.sqlite3')
  new DatabaseSync(path).close()
  return `sqlite:${path}`
}

// Not a schema: some of these have schemas of their own.
async function postgresDatabase(): Promise<string> {
  const name = `origin_${randomUUID().replaceAll('-', '')}`
  const server = inject('postgresUrl')
  await runIn(server, `CREATE DATABASE ${name}`)
  onTestFinished(() => runIn(server, `DROP DATABASE ${name} WITH (FORCE)`))
  const url = new URL(server)
  url.pathname = name
  return url.href
}
