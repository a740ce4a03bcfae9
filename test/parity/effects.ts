import { readInstantOrNull, readText, readTextOrNull } from 'latchkey/server'
import type { Fixture } from './fixture.ts'
import type { Effects } from './row.ts'

/** What a request can change and a test can see, but for log-ins, which have to be tried. */
export interface State {
  readonly users: ReadonlyMap<string, UserState>
  readonly sessions: ReadonlyMap<string, SessionState>
  readonly projects: readonly string[]
  readonly mails: number
  readonly isLinkLive: boolean
}

interface UserState {
  readonly passwordHash: string
  readonly isVerified: boolean
}

interface SessionState {
  readonly emailAddress: string
  readonly client: Client
}

type Client = NonNullable<Effects['client']>

export async function readState({ server, tokens }: Fixture): Promise<State> {
  const { auth, database, mailbox } = server
  const users = await database.query(
    'SELECT email_address, password_hash, email_verified_at FROM users',
  )
  const sessions = await database.query(
    `SELECT sessions.id, email_address, ip_address, user_agent
     FROM sessions JOIN users ON users.id = user_id ORDER BY sessions.id`,
  )
  const projects = await database.query('SELECT title FROM projects ORDER BY id')
  return {
    users: new Map(
      users.map(([emailAddress, passwordHash, verifiedAt]) => [
        readText(emailAddress),
        {
          passwordHash: readText(passwordHash),
          isVerified: readInstantOrNull(verifiedAt) !== null,
        },
      ]),
    ),
    sessions: new Map(
      sessions.map(([id, emailAddress, ip, userAgent]) => [
        readText(id),
        {
          emailAddress: readText(emailAddress),
          client: { ip_address: readTextOrNull(ip), user_agent: readTextOrNull(userAgent) },
        },
      ]),
    ),
    projects: projects.map(([title]) => readText(title)),
    mails: mailbox.mails.length,
    isLinkLive: await auth.isPasswordResetLive(tokens.get('$RESET') ?? ''),
  }
}

/** All that is different since `before`; what did not change is empty, null or false. */
export async function readChanges(fixture: Fixture, before: State) {
  await fixture.server.outbox.deliverDue()
  const after = await readState(fixture)
  const { mails } = fixture.server.mailbox
  const remaining = [...before.users].flatMap(([emailAddress, user]) => {
    const now = after.users.get(emailAddress)
    return now ? [{ emailAddress, user, now }] : []
  })
  const opened = missingFrom(before.sessions, after.sessions)
  return {
    users: missingFrom(before.users, after.users).map(([emailAddress]) => emailAddress),
    lostUsers: missingFrom(after.users, before.users).map(([emailAddress]) => emailAddress),
    opens: opened.map(([, { emailAddress }]) => emailAddress),
    ends: missingFrom(after.sessions, before.sessions).map(([, session]) => session.emailAddress),
    client: opened[0]?.[1].client ?? null,
    projects: after.projects,
    passwords: remaining
      .filter(({ user, now }) => now.passwordHash !== user.passwordHash)
      .map(({ emailAddress }) => emailAddress),
    verifies: remaining
      .filter(({ user, now }) => now.isVerified !== user.isVerified)
      .map(({ emailAddress }) => emailAddress),
    mails: mails.slice(0, mails.length - before.mails).map(({ to, subject }) => [to, subject]),
    spendsLink: before.isLinkLive && !after.isLinkLive,
  }
}

/** What a row says, filled up with all that it says nothing of: nothing happens. */
export function expectedChanges(before: State, effects: Effects) {
  const { users = [], opens = [], ends = [], passwords = [], verifies = [], mails = [] } = effects
  return {
    users,
    lostUsers: [],
    opens,
    ends,
    projects: [...before.projects, ...(effects.projects ?? [])],
    passwords,
    verifies,
    mails,
    spendsLink: effects.spendsLink ?? false,
    ...(effects.client ? { client: effects.client } : {}),
  }
}

function missingFrom<T>(some: ReadonlyMap<string, T>, others: ReadonlyMap<string, T>) {
  return [...others].filter(([key]) => !some.has(key))
}
