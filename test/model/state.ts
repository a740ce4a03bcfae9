// What a simple server would remember, with no SQL, no digests and nothing that waits: plain data, which can be copied.
import type {
  Alias,
  Arrived,
  Count,
  Failures,
  Key,
  Link,
  Message,
  Registration,
  Session,
  User,
} from './entities.ts'

export interface State extends Settings {
  now: number
  users: User[]
  sessions: Session[]
  keys: Key[]
  links: Link[]
  registrations: Registration[]
  aliases: Alias[]
  /** In the order in which they were queued, also those that were sent. */
  messages: Message[]
  /** The mails of a delivery that are not yet explained. */
  arrived: Arrived[]
  registered: number
  counts: Count[]
  failures: Failures[]
  /** Where two act at once: what was good when they began, since one may be let in before the other ends it. */
  before: Before
}

interface Before {
  readonly sessions: readonly Pick<Session, 'id' | 'token'>[]
  readonly passwords: readonly Pick<User, 'id' | 'password'>[]
}

interface Settings {
  readonly signUp: 'open' | 'confirm'
  readonly isLimited: boolean
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** What the servers of the model are told, and what the documents say. */
export const rules = {
  idle: 2 * hour,
  maximum: 6 * hour,
  sessions: 3,
  keys: 2,
  keyDays: { usual: 8, most: 10 },
  keyNotice: 7 * day,
  reset: 15 * minute,
  resets: 3,
  proof: day,
  registrations: 3,
  fresh: 10 * minute,
  coalesced: 5 * minute,
  noticesADay: 10,
  accessToken: 5 * minute,
  toleratedByServices: minute,
}

export const nothing: Before = { sessions: [], passwords: [] }

/** What is good now. */
export function goodNow(state: State): Before {
  const live = state.sessions.filter((each) => isLive(state, each))
  const sessions = live.map(({ id, token }) => ({ id, token }))
  return { sessions, passwords: state.users.map(({ id, password }) => ({ id, password })) }
}

export function emptyState({ signUp, isLimited }: Settings, now: number): State {
  const held = { users: [], sessions: [], keys: [], links: [], registrations: [], aliases: [] }
  const noted = {
    messages: [],
    arrived: [],
    registered: 0,
    counts: [],
    failures: [],
    before: nothing,
  }
  return { now, signUp, isLimited, ...held, ...noted }
}

export function expiryOf({ usedAt, createdAt }: Session): number {
  return Math.min(usedAt + rules.idle, createdAt + rules.maximum)
}

export function isLive(state: State, session: Session): boolean {
  return state.now < expiryOf(session)
}

export function liveSession(state: State, token: string): Session | null {
  return state.sessions.find((each) => each.token === token && isLive(state, each)) ?? null
}

export function liveKey(state: State, token: string): Key | null {
  return state.keys.find((each) => each.token === token && state.now < each.expiresAt) ?? null
}

export function findLink(state: State, kind: Link['kind'], token: string): Link | null {
  const isLive = (each: Link) => each.kind === kind && each.token === token
  return state.links.find((each) => isLive(each) && each.expiresAt > state.now) ?? null
}

/** The sign-up that a link completes. */
export function findWaiting(state: State, token: string): Registration | null {
  const found = state.registrations.find((each) => each.token === token)
  return found && found.expiresAt > state.now ? found : null
}

export function userOf(state: State, { userId }: { readonly userId: string }): User {
  const user = state.users.find(({ id }) => id === userId)
  if (!user) throw new Error('The model has something that belongs to nobody')
  return user
}

export function userAt(state: State, address: string): User | null {
  return state.users.find((each) => each.address === address) ?? null
}

/** Every instant at which something will be otherwise by itself. */
export function endsOf({ sessions, keys, links, registrations, ...noted }: State): number[] {
  return [
    ...sessions.flatMap((each) => [expiryOf(each), each.provedAt + rules.fresh]),
    ...keys.flatMap(({ expiresAt, noticeAt }) => [expiresAt, noticeAt ?? 0]),
    ...[...links, ...registrations, ...noted.aliases].map(({ expiresAt }) => expiresAt),
    ...noted.counts.map(({ endsAt }) => endsAt),
    ...noted.failures.map(({ blockedUntil }) => blockedUntil),
  ]
}
