import type { User } from 'latchkey/server'
import { ann } from '../harness.ts'
import type { Watched } from './watched-server.ts'

export const wrongPassword = 'wrong horse battery'

export const bob = { ...ann, email_address: 'bob@example.com' }

const credentials = { emailAddress: ann.email_address, password: ann.password }

export async function createUnproven({ auth }: Watched): Promise<User> {
  return auth.createUser(credentials)
}

/** A user whose address is proved. */
export async function createProved(twin: Watched): Promise<User> {
  const user = await createUnproven(twin)
  await change(twin, 'email_verified_at', twin.clock())
  return user
}

export async function createBanned(twin: Watched): Promise<User> {
  const user = await createProved(twin)
  await twin.auth.banUser(user.id)
  return user
}

export async function createWithHash(twin: Watched, passwordHash: string): Promise<User> {
  const user = await createProved(twin)
  await change(twin, 'password_hash', passwordHash)
  return user
}

async function change({ database }: Watched, column: string, value: string | Date): Promise<void> {
  await database.transaction((each) =>
    each.query(`UPDATE users SET ${column} = $1 WHERE email_address = $2`, [
      value,
      credentials.emailAddress,
    ]),
  )
}
