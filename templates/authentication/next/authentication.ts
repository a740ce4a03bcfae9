import type { Gate, User } from 'latchkey/server'
import { connection } from 'next/server'
import { giveUp, openAuth } from '../shared/auth.ts'
import { type Authentication, surround } from './handlers.ts'

/** Requires a log-in for one of your routes: `export const GET = protect((request, { user }) => …)`. */
export const protect: Gate['protect'] = (handle) => {
  return async (request, ...rest) => {
    const { gate } = await authentication()
    return gate.protect(handle)(request, ...rest)
  }
}

/**
 * The logged-in user who requests a page, or null: `await findUser(await headers())`. For rendering only: in a
 * server action, which changes things, it returns null.
 */
export async function findUser(headers: Headers): Promise<User | null> {
  // SECURITY: the look-up below is that of a GET, which is not checked for cross-site forgery. A server action is a
  // POST: it has the header `next-action`, or, from a form without JavaScript, a body and therefore `content-type`.
  if (headers.has('next-action') || headers.has('content-type')) return null
  const { gate } = await authentication()
  const found = await gate.find({ method: 'GET', headers })
  return found?.user ?? null
}

/** Opens the database when the server starts: `instrumentation.ts` calls this. */
export async function startAuthentication(): Promise<void> {
  await opened().catch(giveUp)
}

export async function authentication(): Promise<Authentication> {
  // Prerendering in a build stops here: it has no database, and no request to answer.
  await connection()
  return opened()
}

// Kept in `globalThis`, so that it is opened once: Next loads a module more than once.
function opened(): Promise<Authentication> {
  kept.authentication ??= open()
  return kept.authentication
}

async function open(): Promise<Authentication> {
  const { auth, options, start, stop } = await openAuth()
  start()
  // Next itself waits for requests in progress, which still need the database, and then ends the process.
  process.once('SIGINT', stop).once('SIGTERM', stop)
  return surround(auth, options)
}

const kept: { authentication?: Promise<Authentication> } = Object(globalThis)
