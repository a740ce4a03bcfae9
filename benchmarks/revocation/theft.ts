// A thief of the database tries every value in it.
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { type Held, logInEachWay, send, signUp } from './client.ts'
import type { Services } from './services.ts'

/** What can be done with a copy of the database. */
export interface Theft {
  /** The number of values in all tables: texts, and bytes as hexadecimal, base64url and characters. */
  readonly values: number
  /** The number of requests: each value as a bearer, as a cookie and at the service beside the API. */
  readonly requests: number
  readonly accepted: number
  /** The number of credentials in use whose bytes were searched for in the files. */
  readonly sought: number
  readonly found: number
}

// They have credentials in use, so that there is something to be found.
const people = 10
const atOnce = 16

export async function stealDatabase(services: Services): Promise<Theft> {
  const held: Held[] = []
  const addresses = Array.from({ length: people }, (_, index) => `robbed-${index}@example.com`)
  for (const emailAddress of addresses) {
    const person = { emailAddress, password: 'nowhere in the file' }
    await signUp(services.origin, person)
    held.push(await logInEachWay(services.origin, person))
  }
  const values = readValues(services.file)
  const requests = values.flatMap((value) => [
    { asked: services.origin, headers: { authorization: `Bearer ${value}` } },
    { asked: services.origin, headers: { cookie: `__Host-session=${value}` } },
    { asked: services.failOpen, headers: { authorization: `Bearer ${value}` } },
  ])
  let accepted = 0
  const waiting = requests.values()
  const lane = async () => {
    for (const { asked, headers } of waiting) {
      const { status } = await send(asked, 'GET /v1/projects', { headers })
      if (status === 200) accepted++
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  const secrets = held.flatMap(secretsOf)
  const bytes = readFiles(services.file)
  if (!addresses.every((each) => bytes.includes(each))) throw new Error('Nobody is in the database')
  const found = secrets.filter((secret) => bytes.includes(secret)).length
  return {
    values: values.length,
    requests: requests.length,
    accepted,
    sought: secrets.length,
    found,
  }
}

// The values that a header can carry, each once.
function readValues(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true })
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all()
  const rows = tables.flatMap(({ name }) => database.prepare(`SELECT * FROM "${name}"`).all())
  database.close()
  const texts = rows.flatMap((row) => Object.values(row)).flatMap(spellings)
  return [...new Set(texts)].filter((text) => /^[!-~]{1,4096}$/.test(text))
}

function spellings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (!(value instanceof Uint8Array)) return []
  const bytes = Buffer.from(value)
  return [bytes.toString('hex'), bytes.toString('base64url'), bytes.toString('latin1')]
}

function secretsOf({ bearer, cookie, jwt }: Held): string[] {
  return [bearer.authorization, cookie.cookie, jwt.authorization].map(
    (header = '') => header.split(/ |=/).at(-1) ?? '',
  )
}

function readFiles(file: string): Buffer {
  return Buffer.concat(['', '-wal'].map((suffix) => readFileSync(file + suffix)))
}
