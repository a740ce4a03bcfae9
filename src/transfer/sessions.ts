import { findActiveUsers } from '../storage/transfers/endings.ts'
import { noteSessionImport } from '../storage/transfers/session-imports.ts'
import {
  deleteImportedSessions,
  findSessionDigests,
  insertImportedSessions,
  type NewSession,
} from '../storage/transfers/sessions.ts'
import { findImportedUsers, holdUsers, type ImportedUser } from '../storage/transfers/users.ts'
import { hourMilliseconds, type Importing, write } from './importing.ts'
import type { OriginSession } from './origin.ts'
import type { Refusal } from './refusals.ts'
import { type ParsedSession, parseSession } from './row.ts'

/** Imports a batch of sessions, each once, if their users exist here by now and have not acted here. */
export async function importSessions(
  importing: Importing,
  rows: readonly OriginSession[],
): Promise<void> {
  const parsed = rows.flatMap((row) => parse(importing, row) ?? [])
  const known = await look(importing, parsed)
  const trimmed: string[] = []
  const wanted = parsed.filter((row) => {
    const there = known.digests.get(hex(row.session.tokenDigest))
    const isThere = there !== undefined
    // It exists, but has expired and was not swept yet.
    if (isThere && isOver(importing, there)) return refuse(importing, 'ended_here', row)
    if (!(isThere ? isUntouched(row, known) : isWelcome(importing, row, known))) return false
    return isNewest(importing, row, trimmed) && !isThere
  })
  await save(importing, { wanted, trimmed, known })
}

async function look({ database, origin }: Importing, rows: readonly Row[]): Promise<Known> {
  const originIds = [...new Set(rows.map(({ originUserId }) => originUserId))]
  const users = await findImportedUsers(database, origin, originIds)
  const userIds = [...users.values()].map(({ userId }) => userId)
  const tokenDigests = rows.map(({ session }) => session.tokenDigest)
  return {
    users,
    active: await findActiveUsers(database, userIds),
    digests: await findSessionDigests(database, tokenDigests),
  }
}

interface Row {
  readonly session: ParsedSession
  readonly originUserId: string
  readonly where: string
}

interface Known {
  readonly users: ReadonlyMap<string, ImportedUser>
  /** Users who have acted here. */
  readonly active: ReadonlySet<string>
  /** The existing sessions, by token digest. */
  readonly digests: ReadonlyMap<string, Times>
}

type Times = Pick<NewSession, 'createdAt' | 'lastUsedAt'>

function parse({ tally }: Importing, row: OriginSession): Row | null {
  const { originUserId, where } = row
  const session = parseSession(row)
  if (!('refusal' in session)) return { session, originUserId, where }
  tally.refuse(session.refusal, { where, emailAddress: null })
  return null
}

function isOver({ now, sessions }: Importing, { createdAt, lastUsedAt }: Times): boolean {
  const { idleHours, maximumHours } = sessions
  const hoursSince = (instant: Date) => (now.getTime() - instant.getTime()) / hourMilliseconds
  return hoursSince(lastUsedAt) >= idleHours || hoursSince(createdAt) >= maximumHours
}

// The sessions of a user who has acted here do not make room for imported ones either.
function isUntouched({ originUserId }: Row, { users, active }: Known): boolean {
  const user = users.get(originUserId)
  return user !== undefined && !active.has(user.userId)
}

function isWelcome(importing: Importing, row: Row, { users, active }: Known): boolean {
  const user = users.get(row.originUserId)
  if (!importing.notes.owners.has(row.originUserId)) return refuse(importing, 'unknown_user', row)
  // A dry run does not create the user.
  if (!user) return importing.mode === 'dry-run' || refuse(importing, 'unknown_user', row)
  if (user.bannedAt) return refuse(importing, 'banned_user', row)
  // SECURITY: a token that was revoked or exchanged since an earlier import must not become valid again.
  const hasEnded = active.has(user.userId) || wasHere(importing, row)
  return !hasEnded || refuse(importing, 'ended_here', row)
}

function wasHere({ endedUpTo, notes }: Importing, { originUserId, session }: Row): boolean {
  const { sessions: end } = endedUpTo
  return end !== null && session.beganAt <= end && !notes.newcomers.has(originUserId)
}

function isNewest(importing: Importing, row: Row, trimmed: string[]): boolean {
  const { notes, sessions, tally } = importing
  const { id } = row.session
  const gone = notes.addSession(row.originUserId, id, { maximum: sessions.maximumPerUser })
  if (gone === null) return true
  tally.refuse('too_many_sessions', { where: row.where, emailAddress: null })
  if (gone === id) return false
  // An earlier session of this import, which was counted as imported.
  trimmed.push(gone)
  tally.add('sessions', -1)
  return true
}

interface Change {
  readonly wanted: readonly Row[]
  /** The ids of the sessions to delete, so that there is room. */
  readonly trimmed: readonly string[]
  readonly known: Known
}

async function save(importing: Importing, { wanted, trimmed, known }: Change): Promise<void> {
  const { tally, now, origin } = importing
  if (wanted.length + trimmed.length === 0) return
  const sessions = wanted.flatMap((row) => {
    const user = known.users.get(row.originUserId)
    return user ? [toSession(row, user, now)] : []
  })
  const inserted = await write(
    importing,
    async (transaction) => {
      const userIds = [...new Set(sessions.map(({ userId }) => userId))]
      const held = await holdUsers(transaction, userIds)
      // SECURITY: checked again, now that the users are locked: a reset may have ended their sessions since.
      const active = await findActiveUsers(transaction, userIds)
      const kept = sessions.filter(({ userId }) => held.has(userId) && !active.has(userId))
      const ids = await insertImportedSessions(transaction, kept)
      if (ids.size > 0) await noteSessionImport(transaction, { origin, importedAt: now })
      await deleteImportedSessions(transaction, trimmed)
      return ids.size
    },
    () => wanted.length,
  )
  tally.add('sessions', inserted)
}

// SECURITY: not fresh, since nobody has entered the password here.
const never = new Date(0)

function toSession({ session }: Row, { userId }: ImportedUser, now: Date): NewSession {
  const times = { createdAt: now, lastUsedAt: now, passwordVerifiedAt: never }
  return { ...session, userId, name: null, ...times }
}

function hex(digest: Uint8Array): string {
  return Buffer.from(digest).toString('hex')
}

function refuse({ tally }: Importing, reason: Refusal, { where }: Row): false {
  tally.refuse(reason, { where, emailAddress: null })
  return false
}
