// Somebody whose session is in a cookie, as the stories of it begin.
import { ann, cookieIn, ownPage, type Server } from '../harness.ts'

export const byCookie = { ...ann, transport: 'cookie' }

/** Logs ann in, who is there, and answers what the browser holds. */
export async function logIn({ send }: Server): Promise<string> {
  return cookieIn(await send('POST /v1/session', byCookie, ownPage))
}

export async function statusOf({ send }: Server, headers: Record<string, string>): Promise<number> {
  return (await send('GET /v1/session', undefined, headers)).status
}

export async function sessionsOf({ database }: Server): Promise<number> {
  return (await database.query('SELECT id FROM sessions')).length
}
