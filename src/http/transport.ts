import { z } from 'zod'
import type { Session } from '../core/entities.ts'
import type { Secret } from '../core/secret.ts'
import { endsAt } from '../core/session-expiry.ts'
import { type Holder, recognizeBrowser, type Transport } from './bearer.ts'
import type { Exchange, Submission } from './exchange.ts'
import { type Refusal, refuse } from './problems.ts'

/** What a client wants its token in: a body, or a cookie that no script can read. */
export const transportField: z.ZodType<Transport> = z.enum(['bearer', 'cookie'])

/**
 * Refuses a cookie to a page that may not have one, so that nobody is logged in as somebody else without
 * noticing. For `admit`: before anything is judged or counted.
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
 * Ends the session that a browser has, when it is given another: it forgets the token of the first, and
 * nobody would end it. Nothing of it is taken over.
 */
export async function endHeld({ auth, request, client, cookie }: CookieExchange): Promise<void> {
  const held = await recognizeBrowser({ auth, request, cookie })
  if (held) await auth.logOut(held.session, client)
}

/** The headers that put the token of a session into a browser, for as long as it can be of use. */
export function giveCookie(
  { auth: { config }, cookie }: Pick<CookieExchange, 'auth' | 'cookie'>,
  { session, token }: { readonly session: Session; readonly token: Secret },
): Readonly<Record<string, string>> {
  const milliseconds = endsAt(config, session).getTime() - config.clock().getTime()
  return cookie.give(token, Math.max(0, Math.ceil(milliseconds / 1_000)))
}

/**
 * What goes with the end of the session that a request came by. A 401 takes no cookie back: another tab
 * may have been given a new one in between, and that would be lost.
 */
export function takeCookie(
  { cookie, transport }: Pick<CookieExchange, 'cookie'> & Pick<Holder, 'transport'>,
  how: 'forget' | 'logOut',
): Readonly<Record<string, string>> {
  return transport === 'cookie' ? cookie[how] : {}
}
