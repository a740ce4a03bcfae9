// The sessions that are looked up, which are spread evenly over all.
import { randomBytes } from 'node:crypto'
import { generateToken } from '../../src/core/tokens.ts'
import { bearer } from '../peers.ts'

/** The number of sessions of each user. */
const sessionsEach = 10
const mostTokens = 50_000
const mostPeople = 1_000

/** A session with a known token, and its number among all sessions. */
export interface Known {
  readonly number: number
  readonly digest: Uint8Array
  /** The header line with its token. */
  readonly credential: string
}

export function knownSessions(sessions: number): Known[] {
  return spread(sessions, mostTokens).map((number) => {
    const { token, digest } = generateToken('session', randomBytes)
    return { number, digest, credential: bearer(token.reveal()) }
  })
}

/** The users who log in, by their numbers. */
export function knownPeople(sessions: number): number[] {
  return spread(usersAmong(sessions), mostPeople)
}

export function usersAmong(sessions: number): number {
  return Math.max(1, Math.floor(sessions / sessionsEach))
}

function spread(all: number, most: number): number[] {
  const count = Math.min(all, most)
  return Array.from({ length: count }, (_, index) => Math.floor((index * all) / count))
}
