import type { Auth } from '../../core/auth.ts'
import { deviceName } from '../../core/device-name.ts'
import type { Session } from '../../core/entities.ts'
import { type Command, defineCommand, Refused, UsageError } from './command.ts'
import { databaseOptions, withAuth } from './database.ts'
import { jsonOption, print, printJson, printTable, readable } from './output.ts'
import { pageOptions, parseId, parsePage, sayRest } from './page.ts'
import { userOperand, withUser } from './user-operand.ts'

const listSessions = defineCommand(
  {
    name: 'sessions list',
    summary: 'List the sessions of a user that are not over, newest first',
    details: '--after ID lists what follows that one.',
    operands: userOperand,
    options: { ...pageOptions, json: jsonOption, ...databaseOptions },
    examples: ['latchkey sessions list ann@example.com'],
  },
  async (given) => {
    const page = parsePage(given.values)
    await withUser(given, async (auth, user) => {
      const sessions = await auth.listSessions(user.id, page)
      if (given.values.json) printJson({ sessions: sessions.map((each) => toJson(auth, each)) })
      else if (sessions.length === 0) print(`${user.emailAddress} has no sessions.`)
      else printTable([header, ...sessions.map(toRow)])
      sayRest(sessions, { page, limit: given.values.limit })
    })
  },
)

// These names are an interface: programs read them.
function toJson(auth: Auth, session: Session) {
  return {
    id: session.id,
    name: session.name ?? deviceName(session.userAgent),
    created_at: session.createdAt.toISOString(),
    last_used_at: session.lastUsedAt.toISOString(),
    expires_at: auth.expiresAt(session).toISOString(),
    ip_address: session.ipAddress,
    user_agent: session.userAgent,
  }
}

const header = ['ID', 'NAME', 'CREATED (UTC)', 'LAST USED (UTC)', 'IP ADDRESS']

function toRow({ id, name, userAgent, createdAt, lastUsedAt, ipAddress }: Session): string[] {
  const instants = [readable(createdAt), readable(lastUsedAt)]
  return [id, name ?? deviceName(userAgent), ...instants, ipAddress ?? '']
}

const revokeSession = defineCommand(
  {
    name: 'sessions revoke',
    summary: 'End one session of a user',
    details: 'Its token is refused from the next request on.',
    operands: `${userOperand} SESSION_ID`,
    options: { json: jsonOption, ...databaseOptions },
    examples: ['latchkey sessions revoke ann@example.com 01a2092e-6c92-74d9-bfd5-30ed1da6763c'],
  },
  async ({ values, positionals }) => {
    const [name = '', session = '', ...more] = positionals
    if (session === '') throw new UsageError('A user and the ID of a session are needed')
    const id = parseId(session)
    await withUser({ values, positionals: [name, ...more] }, async (auth, user) => {
      if (!(await auth.revokeSession({ id, userId: user.id }))) {
        throw new Refused(
          `${user.emailAddress} has no such session; latchkey sessions list has all`,
        )
      }
      if (values.json) printJson({ session: { id } })
      else print(`Ended ${id}`)
    })
  },
)

const revokeAllSessions = defineCommand(
  {
    name: 'sessions revoke-all',
    summary: 'End every session there is: everybody has to log in again',
    details: `For when tokens may be in wrong hands. Passwords stay as they are, and so do API
keys. Whoever logs in meanwhile stays. In small steps, so that servers go on.`,
    operands: null,
    options: {
      yes: { type: 'boolean', meaning: 'That this is meant: nothing happens without it' },
      json: jsonOption,
      ...databaseOptions,
    },
    examples: ['latchkey sessions revoke-all --yes'],
  },
  async ({ values }) => {
    if (!values.yes)
      throw new UsageError('Everybody would be logged out; --yes says that it is meant')
    const revoked = await withAuth(values, (auth) => auth.revokeAllSessions())
    if (values.json) printJson({ revoked })
    else print(`Ended ${revoked} ${revoked === 1 ? 'session' : 'sessions'}`)
  },
)

/** What operators do with sessions. */
export const sessionCommands: readonly Command[] = [listSessions, revokeSession, revokeAllSessions]
