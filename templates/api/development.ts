import { randomBytes } from 'node:crypto'
import type { Auth, Database } from 'latchkey/server'
import { v7 as newId } from 'uuid'

const emailAddress = 'demo@example.com'

/** A user to try the API with, whose password is new at every start, and what to type. */
export async function seed(auth: Auth, database: Database, port: number): Promise<void> {
  const password = randomBytes(auth.config.passwords.minimumLength).toString('base64url')
  if (!(await auth.setPassword({ emailAddress, password }))) {
    const { user } = await auth.signUp({ emailAddress, password })
    await createProject(database, user.id)
  }
  console.log(tour(`http://localhost:${port}`, password))
}

async function createProject(database: Database, userId: string): Promise<void> {
  await database.transaction((transaction) =>
    transaction.query(
      `INSERT INTO projects (id, user_id, title, description, created_at, updated_at)
       VALUES ($1, $2, $3, NULL, $4, $4)`,
      [newId(), userId, 'Try the API', Date.now()],
    ),
  )
}

function tour(origin: string, password: string): string {
  return `
The API listens on ${origin}, in development mode.
Log in as ${emailAddress} with the password ${password}

  TOKEN=$(curl -s ${origin}/v1/session -d email_address=${emailAddress} -d password=${password} | cut -d'"' -f4)
  curl ${origin}/v1/projects -H "Authorization: Bearer $TOKEN"
  curl -X DELETE ${origin}/v1/session -H "Authorization: Bearer $TOKEN"
  curl ${origin}/v1/projects -H "Authorization: Bearer $TOKEN"
`
}
