import { z } from 'zod'
import type { Session } from '../core/entities.ts'
import type { Secret } from '../core/secret.ts'
import { endsAt } from '../core/session-expiry.ts'
import { type Holder, recognizeBrowser, type Transport } from './bearer.ts'
import type { Exchange, Submission } from './exchange.ts'
import { type Refusal, refuse } from './problems.ts'

/** How a client wants its token: in the body, or in a cookie that no script can read. */
export const transportField: z.ZodType<Transport> = z.enum(['bearer', 'cookie'])

/**
 * Refuses a cookie to a page that may not have one, so that no site logs a user in as somebody else unnoticed.
 * For `admit`: before anything is validated or counted.
 */
export async function admitTransport({
  input,
  request,
  cookie,
}: Pick<Submission<unknown>, 'input' | 'request' | 'cookie'>): Promise<Refusal | null> {
  return input.transport === 'cookie' && !cookie.isIntended(request) ? refuse('csrf') : null
}

type CookieExchange = Pick<
  Exchange<unknown, unknown, unknown>,
  'auth' | 'request' | 'client' | 'cookie'
>

/**
 * Ends the session that a browser holds when it is given another: the browser forgets the first token, and that
 * session would live on unused. Nothing of it is taken over.
 */
export async function endHeld({ auth, request, client, cookie }: CookieExchange): Promise<void> {
  const held = await recognizeBrowser({ auth, request, cookie })
  if (held) await auth.logOut(held.session, client)
}

/** The headers that put a session's token into a browser, for as long as the session can last. */
export function giveCookie(
  { auth: { config }, cookie }: Pick<CookieExchange, 'auth' | 'cookie'>,
  { session, token }: { readonly session: Session; readonly token: Secret },
): Readonly<Record<string, string>> {
  const milliseconds = endsAt(config, session).getTime() - config.clock().getTime()
  return cookie.give(token, Math.max(0, Math.ceil(milliseconds / 1_000)))
}

/**
 * Headers that remove the cookie when the session of the request ends. A 401 removes none: another tab may just
 * have been given a new one, which would be lost.
 */
export function takeCookie(
  { cookie, transport }: Pick<CookieExchange, 'cookie'> & Pick<Holder, 'transport'>,
  how: 'forget' | 'logOut',
): Readonly<Record<string, string>> {
  return transport === 'cookie' ? cookie[how] : {}
}
