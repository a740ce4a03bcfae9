import type { SigningKey } from '../core/entities.ts'
import { isId } from '../core/ids.ts'
import { readInstant, readNumber, readText } from './columns.ts'
import type { Connection, Row } from './database.ts'

// Read by `toSigningKey`, in this order.
const columns = 'id, generation, algorithm, public_key, private_key, created_at, signs_from'

export async function listSigningKeys(connection: Connection): Promise<SigningKey[]> {
  const rows = await connection.query(
    `SELECT ${columns} FROM signing_keys ORDER BY generation DESC`,
  )
  return rows.map(toSigningKey)
}

export async function insertSigningKey(connection: Connection, key: SigningKey): Promise<boolean> {
  const { id, generation, algorithm, publicKey, privateKey, createdAt, signsFrom } = key
  const inserted = await connection.query(
    `INSERT INTO signing_keys (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (generation) DO NOTHING RETURNING id`,
    [id, generation, algorithm, publicKey, privateKey, createdAt, signsFrom],
  )
  return inserted.length === 1
}

export async function deleteSigningKey(
  connection: Connection,
  id: string,
  now: Date,
): Promise<boolean> {
  if (!isId(id)) return false
  const deleted = await connection.query(
    `DELETE FROM signing_keys WHERE id = $1 AND EXISTS (
       SELECT 1 FROM signing_keys AS other WHERE other.id <> $1 AND other.signs_from <= $2
       AND (other.generation > signing_keys.generation OR signing_keys.signs_from > $2)
     ) RETURNING id`,
    [id, now],
  )
  return deleted.length === 1
}

function toSigningKey([
  id,
  generation,
  algorithm,
  publicKey,
  privateKey,
  createdAt,
  signsFrom,
]: Row): SigningKey {
  return {
    id: readText(id),
    generation: readNumber(generation),
    algorithm: readAlgorithm(algorithm),
    publicKey: readText(publicKey),
    privateKey: readText(privateKey),
    createdAt: readInstant(createdAt),
    signsFrom: readInstant(signsFrom),
  }
}

function readAlgorithm(value: Row[number] | undefined): 'ES256' {
  if (value === 'ES256') return value
  throw new TypeError(`A signing key is for ${String(value)}, which this version does not know`)
}
