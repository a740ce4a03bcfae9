import { randomBytes } from 'node:crypto'
import type { Auth } from '../../core/auth.ts'
import type { User } from '../../core/entities.ts'
import { AuthError } from '../../core/errors.ts'
import { type Command, defineCommand, Refused, UsageError } from './command.ts'
import { databaseOptions } from './database.ts'
import { forgetImportedPasswords } from './imported-passwords.ts'
import { complain, jsonOption, print, printJson, printTable, readable } from './output.ts'
import { pageOptions, parsePage } from './page.ts'
import { readmitUser } from './readmitted.ts'
import { oneOf, toJson, userOperand, withAuth, withUser } from './user.ts'

const listUsers = defineCommand(
  {
    name: 'users list',
    summary: 'List the users, oldest first',
    details: '--after ID lists what follows that one.',
    operands: null,
    options: { ...pageOptions, json: jsonOption, ...databaseOptions },
    examples: ['latchkey users list', 'latchkey users list --limit 1000 --json'],
  },
  async ({ values }) => {
    const page = parsePage(values)
    const { users, schemes } = await withAuth(values, async (auth) => {
      const listed = await auth.config.store.listUsers(page)
      return { users: listed, schemes: await findSchemes(auth, listed) }
    })
    if (values.json) printJson({ users: users.map((user) => withScheme(user, schemes)) })
    else if (users.length === 0) print('There are no users.')
    else printTable([header, ...users.map(toRow)])
    if (users.length === page.limit && values.limit === undefined) {
      complain(`${page.limit} are shown; --after ${users.at(-1)?.id} shows those behind them`)
    }
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
    details: 'latchkey sessions list and latchkey api-keys list show them.',
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
    summary: 'Create a user, with a random password that is shown this once',
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

const banUser = act({
  name: 'users ban',
  summary: 'Keep a user out, from their next request on',
  details: `Every session and API key ends, links die, and a log-in answers as to a wrong
password. latchkey users unban lets them log in again.`,
  example: 'latchkey users ban ann@example.com',
  run: async (auth, user) => `Banned ${(await auth.banUser(user.id))?.emailAddress}`,
})

const unbanUser = act({
  name: 'users unban',
  summary: 'Let a banned user log in again',
  details: 'What the ban ended stays ended.',
  example: 'latchkey users unban ann@example.com',
  run: async (auth, user) => `Unbanned ${(await auth.unbanUser(user.id))?.emailAddress}`,
})

const revokeSessions = act({
  name: 'users revoke-sessions',
  summary: 'Log a user out everywhere',
  details: `Their password stays as it is: they may log in again. API keys live on, each until
latchkey api-keys revoke ends it.`,
  example: 'latchkey users revoke-sessions ann@example.com',
  async run(auth, user) {
    await auth.revokeSessions(user.id)
    return `Logged out ${user.emailAddress} everywhere`
  },
})

const deleteUser = act({
  name: 'users delete',
  summary: 'Delete a user, with everything that is theirs',
  details: `Sessions, API keys, links, mails, and the rows of the application that refer
to the user go too. The address may sign up again. This cannot be undone.`,
  example: 'latchkey users delete 01a2092d-ade0-7192-99f2-8b7422722487',
  async run(auth, user) {
    await auth.deleteUser(user)
    return `Deleted ${user.emailAddress} (${user.id})`
  },
})

type Act = Parameters<typeof withUser<string>>[1]

// Something that is done to one user, and said in a sentence.
function act({
  name,
  summary,
  details,
  example,
  run,
}: {
  name: string
  summary: string
  details: string
  example: string
  run: Act
}): Command {
  const options = { json: jsonOption, ...databaseOptions }
  const examples = [example]
  return defineCommand(
    { name, summary, details, operands: userOperand, options, examples },
    async (given) => {
      await withUser(given, async (auth, user) => {
        const sentence = await run(auth, user)
        if (given.values.json)
          printJson({ user: { id: user.id, email_address: user.emailAddress } })
        else print(sentence)
      })
    },
  )
}

/** What an operator does with users. */
export const userCommands: readonly Command[] = [
  listUsers,
  showUser,
  createUser,
  banUser,
  unbanUser,
  revokeSessions,
  deleteUser,
  readmitUser,
  forgetImportedPasswords,
]
