// What ends what.

import type { Key, Session, User } from './entities.ts'
import { recover } from './limits.ts'
import { isLive, rules, type State } from './state.ts'

export function endSessions(state: State, isEnded: (session: Session) => boolean): void {
  state.sessions = state.sessions.filter((each) => !isEnded(each))
}

export function endKeys(state: State, isEnded: (key: Key) => boolean): void {
  state.keys = state.keys.filter((each) => !isEnded(each))
}

/** A new password, and a ban, make every link useless, and a change of address that waits for one. */
export function voidLinks(state: State, user: User): void {
  state.links = state.links.filter(({ userId }) => userId !== user.id)
  user.wanted = null
}

export function endEverything(state: State, { id }: User): void {
  endSessions(state, ({ userId }) => userId === id)
  endKeys(state, ({ userId }) => userId === id)
}

/** All that is theirs goes, and what was asked for with their address. */
export function removeUser(state: State, user: User): void {
  endEverything(state, user)
  voidLinks(state, user)
  recover(state, user)
  state.users = state.users.filter((each) => each !== user)
  state.registrations = state.registrations.filter(({ address }) => address !== user.address)
  const isAskedFor = (kind: string) => kind === 'password_reset' || kind === 'registration'
  state.messages = state.messages.filter(
    ({ userId, to, kind }) => userId !== user.id && !(to === user.address && isAskedFor(kind)),
  )
}

/** Past the most that a user may have, the oldest sessions end; the one that has just begun stays. */
export function trimSessions(state: State, begun: Session): void {
  const own = state.sessions.filter((each) => each.userId === begun.userId && each !== begun)
  const others = own.sort(newestFirst)
  const live = others.filter((each) => isLive(state, each))
  const tooMany = new Set(live.slice(rules.sessions - 1))
  // What has expired takes no place, and is cleared away behind as many newer ones.
  for (const each of others.slice(rules.sessions - 1)) if (!isLive(state, each)) tooMany.add(each)
  endSessions(state, (each) => tooMany.has(each))
}

export function newestFirst(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? 1 : -1
}
