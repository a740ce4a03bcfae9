import { randomBytes } from 'node:crypto'
import type { Auth } from '../../core/auth.ts'
import type { User } from '../../core/entities.ts'
import { AuthError } from '../../core/errors.ts'
import { type Command, defineCommand, Refused, UsageError } from './command.ts'
import { databaseOptions, withAuth } from './database.ts'
import { oneOf } from './operand.ts'
import { jsonOption, print, printJson, printTable, readable } from './output.ts'
import { pageOptions, parsePage, sayRest } from './page.ts'
import { userActs } from './user-acts.ts'
import { userOperand, withUser } from './user-operand.ts'
import { forgetImportedPasswords } from './users-forget-hashes.ts'
import { readmitUser } from './users-readmit.ts'

const listUsers = defineCommand(
  {
    name: 'users list',
    summary: 'List the users, oldest first',
    details: 'With --after ID the list begins after that one.',
    operands: null,
    options: { ...pageOptions, json: jsonOption, ...databaseOptions },
    examples: ['latchkey users list', 'latchkey users list --limit 1000 --json'],
  },
  async ({ values }) => {
    const page = parsePage(values)
    const { users, schemes } = await withAuth(values, async (auth) => {
      const listed = await auth.listUsers(page)
      return { users: listed, schemes: await findSchemes(auth, listed) }
    })
    if (values.json) printJson({ users: users.map((user) => withScheme(user, schemes)) })
    else if (users.length === 0) print('There are no users.')
    else printTable([header, ...users.map(toRow)])
    sayRest(users, { page, limit: values.limit })
  },
)

type Schemes = ReadonlyMap<string, string>

async function findSchemes({ config }: Auth, users: readonly User[]): Promise<Schemes> {
  const [first, last] = [users.at(0), users.at(-1)]
  if (!first || !last) return new Map()
  return config.store.findPasswordSchemes({ from: first.id, to: last.id })
}

// How another system hashed the password, until a log-in replaces the hash.
function withScheme(user: User, schemes: Schemes) {
  return { ...toJson(user), password_scheme: schemes.get(user.id) ?? null }
}

const header = ['ID', 'EMAIL ADDRESS', 'VERIFIED', 'BANNED (UTC)', 'CREATED (UTC)']

function toRow(user: User): string[] {
  const { id, emailAddress, emailVerifiedAt, bannedAt, createdAt } = user
  const banned = bannedAt ? readable(bannedAt) : ''
  return [id, emailAddress, emailVerifiedAt ? 'yes' : 'no', banned, readable(createdAt)]
}

const showUser = defineCommand(
  {
    name: 'users show',
    summary: 'Show one user, and how many sessions and API keys they have',
    details: 'latchkey sessions list and latchkey api-keys list show each of them.',
    operands: userOperand,
    options: { json: jsonOption, ...databaseOptions },
    examples: ['latchkey users show ann@example.com'],
  },
  async (given) => {
    await withUser(given, async (auth, user) => {
      const sessions = await auth.listSessions(user.id, { limit: 1_000, after: null })
      const apiKeys = await auth.listApiKeys(user.id, { limit: 1_000, after: null })
      const counts = { sessions: sessions.length, api_keys: apiKeys.length }
      const shown = { ...withScheme(user, await findSchemes(auth, [user])), ...counts }
      if (given.values.json) printJson({ user: shown })
      else printTable(Object.entries(shown).map(([name, value]) => [name, String(value ?? '')]))
    })
  },
)

const createUser = defineCommand(
  {
    name: 'users create',
    summary: 'Create a user with a random password, which is shown only once',
    details: 'The user can choose another one by a reset mail.',
    operands: 'EMAIL_ADDRESS',
    options: { json: jsonOption, ...databaseOptions },
    examples: ['latchkey users create ann@example.com'],
  },
  async ({ values, positionals }) => {
    const emailAddress = oneOf(positionals, 'One address')
    const password = randomBytes(15).toString('base64url')
    const user = await withAuth(values, (auth) =>
      auth.createUser({ emailAddress, password }).catch((error) => {
        throw explainRefusal(error, emailAddress)
      }),
    )
    if (values.json) printJson({ user: toJson(user), password })
    else print(`Created ${user.emailAddress} (${user.id}) with the password ${password}`)
  },
)

function explainRefusal(error: unknown, emailAddress: string): unknown {
  if (!(error instanceof AuthError)) return error
  if (error.code === 'validation_failed') return new UsageError(`'${emailAddress}' is no address`)
  if (error.code === 'email_address_taken') return new Refused(`${emailAddress} has a user already`)
  return error
}

// These names are an interface: programs read them.
function toJson(user: User) {
  return {
    id: user.id,
    email_address: user.emailAddress,
    email_verified: user.emailVerifiedAt !== null,
    banned_at: user.bannedAt?.toISOString() ?? null,
    created_at: user.createdAt.toISOString(),
    updated_at: user.updatedAt.toISOString(),
  }
}

/** What operators do with users. */
export const userCommands: readonly Command[] = [
  listUsers,
  showUser,
  createUser,
  ...userActs,
  readmitUser,
  forgetImportedPasswords,
]
