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
    summary: "List a user's unexpired sessions, newest first",
    details: 'With --after ID the list begins after that one.',
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
    summary: 'Revoke one session of a user',
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
          `${user.emailAddress} has no such session; latchkey sessions list shows them all`,
        )
      }
      if (values.json) printJson({ session: { id } })
      else print(`Revoked ${id}`)
    })
  },
)

const revokeAllSessions = defineCommand(
  {
    name: 'sessions revoke-all',
    summary: 'Revoke every session of every user: everybody has to log in again',
    details: `For when tokens may have leaked. Passwords and API keys stay as they are, and so do
sessions that begin meanwhile. It works in small steps, so that servers keep running.`,
    operands: null,
    options: {
      yes: { type: 'boolean', meaning: 'Confirm: without it nothing happens' },
      json: jsonOption,
      ...databaseOptions,
    },
    examples: ['latchkey sessions revoke-all --yes'],
  },
  async ({ values }) => {
    if (!values.yes) throw new UsageError('This logs everybody out: confirm with --yes')
    const revoked = await withAuth(values, (auth) => auth.revokeAllSessions())
    if (values.json) printJson({ revoked })
    else print(`Revoked ${revoked} ${revoked === 1 ? 'session' : 'sessions'}`)
  },
)

/** What operators do with sessions. */
export const sessionCommands: readonly Command[] = [listSessions, revokeSession, revokeAllSessions]
