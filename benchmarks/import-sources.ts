// The imported data: users with bcrypt hashes for which no password is known, in a file and in a database as Rails
// makes it.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const ofBcrypt = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

function bcrypt(): string {
  const encode = (bytes: Buffer) =>
    bytes
      .toString('base64')
      .replace(/=+$/, '')
      .replace(/./g, (character) => ofBcrypt[alphabet.indexOf(character)] ?? '')
  return `$2a$12$${encode(randomBytes(16))}${encode(randomBytes(23))}`
}

const createdAt = (index: number) => new Date(1_500_000_000_000 + index * 1_000).toISOString()

export async function writeCsv(file: string, rows: number): Promise<void> {
  const output = createWriteStream(file)
  output.write('id,email_address,password_hash,created_at,updated_at\n')
  for (let index = 1; index <= rows; index++) {
    const at = createdAt(index)
    const isTaken = output.write(`${index},user${index}@csv.example,${bcrypt()},${at},${at}\n`)
    if (!isTaken) await once(output, 'drain')
  }
  output.end()
  await once(output, 'finish')
}

export function writeRails(file: string, rows: number): void {
  const database = new DatabaseSync(file)
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
    CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, email_address varchar NOT NULL,
      password_digest varchar NOT NULL, created_at datetime(6) NOT NULL, updated_at datetime(6) NOT NULL);
    CREATE TABLE sessions (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, user_id integer NOT NULL,
      token varchar NOT NULL, ip_address varchar, user_agent varchar, created_at datetime(6) NOT NULL,
      updated_at datetime(6) NOT NULL);
    BEGIN`)
  const user = database.prepare('INSERT INTO users VALUES (?1, ?2, ?3, ?4, ?4)')
  for (let index = 1; index <= rows; index++) {
    const at = createdAt(index).replace('T', ' ').replace('Z', '000')
    user.run(index, `user${index}@rails.example`, bcrypt(), at)
  }
  database.exec('COMMIT')
  database.close()
}
