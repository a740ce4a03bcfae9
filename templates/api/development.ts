import { randomBytes } from 'node:crypto'
import type { Auth, Database, Environment } from 'latchkey/server'
import { v7 as newId } from 'uuid'

const emailAddress = 'demo@example.com'

type Development = Pick<Environment, 'mail'> & {
  readonly auth: Auth
  readonly database: Database
  readonly port: number
}

/** Creates a user to try the API with, gives them a new password at each start, and prints a tour. */
export async function startDevelopment(development: Development): Promise<void> {
  const { auth, database, mail, port } = development
  const origin = `http://localhost:${port}`
  const password = await seed(auth, database)
  const mails = mail.kind === 'kept' ? `at ${origin}/dev/mailbox` : 'sent to the mail server'
  console.log(`
The API listens on ${origin}, in development mode; mails are ${mails}.
Log in as ${emailAddress} with the password ${password}, new at each start

${tour(origin, password)}
`)
}

async function seed(auth: Auth, database: Database): Promise<string> {
  const password = randomBytes(auth.config.passwords.minimumLength).toString('base64url')
  if (await auth.setPassword({ emailAddress, password })) return password
  const user = await auth.createUser({ emailAddress, password })
  await createProject(database, user.id)
  return password
}

async function createProject(database: Database, userId: string): Promise<void> {
  await database.transaction((transaction) =>
    transaction.query(
      `INSERT INTO projects (id, user_id, title, description, created_at, updated_at)
       VALUES ($1, $2, $3, NULL, $4, $4)`,
      [newId(), userId, 'Try the API', new Date()],
    ),
  )
}

function tour(origin: string, password: string): string {
  return `  TOKEN=$(curl -s ${origin}/v1/session -d email_address=${emailAddress} -d password=${password} | cut -d'"' -f4)
  curl ${origin}/v1/projects -H "Authorization: Bearer $TOKEN"
  curl -X DELETE ${origin}/v1/session -H "Authorization: Bearer $TOKEN"
  curl ${origin}/v1/projects -H "Authorization: Bearer $TOKEN"`
}
