import type { Gate, User } from 'latchkey/server'
import { connection } from 'next/server'
import { giveUp, openAuth } from '../shared/auth.ts'
import { type Authentication, surround } from './handlers.ts'

/** Closes a route of yours: `export const GET = protect((request, { user }) => …)`. */
export const protect: Gate['protect'] = (handle) => {
  return async (request, ...rest) => {
    const { gate } = await authentication()
    return gate.protect(handle)(request, ...rest)
  }
}

/**
 * Who asks for a page, or null for nobody: `await findUser(await headers())`. For rendering only: a server
 * action, which changes things, gets null.
 */
export async function findUser(headers: Headers): Promise<User | null> {
  // SECURITY: this asks as for a GET, which is not looked at for forgery by another site. An action is a POST: with
  // this header, or from a form without JavaScript, which has a body.
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
  // Prerendering in a build stops here: there is no database, and no request to answer.
  await connection()
  return opened()
}

// Opened once. Next loads a module more than once: hence `globalThis`.
function opened(): Promise<Authentication> {
  kept.authentication ??= open()
  return kept.authentication
}

async function open(): Promise<Authentication> {
  const { auth, options, start, stop } = await openAuth()
  start()
  // Next itself lets answers finish, then ends the process. They need the database until then.
  process.once('SIGINT', stop).once('SIGTERM', stop)
  return surround(auth, options)
}

const kept: { authentication?: Promise<Authentication> } = Object(globalThis)
