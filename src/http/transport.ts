import { z } from 'zod'
import type { Session } from '../core/entities.ts'
import type { Secret } from '../core/secret.ts'
import { endsAt } from '../core/session-expiry.ts'
import { type Holder, recognizeBrowser, type Transport } from './bearer.ts'
import type { ReceivedRequest, Submission } from './exchange.ts'
import { type Refusal, refuse } from './problems.ts'

/** How a client wants to get its token: in the body, or in a cookie that no script can read. */
export const transportField: z.ZodType<Transport> = z.enum(['bearer', 'cookie'])

/**
 * For `admit`, before anything is validated or counted: refuses a cookie to a page that may not use one, so that no
 * other site can silently log a user in as somebody else.
 */
export async function admitTransport({
  input,
  request,
  cookie,
}: Pick<Submission<unknown>, 'input' | 'request' | 'cookie'>): Promise<Refusal | null> {
  return input.transport === 'cookie' && !cookie.isIntended(request) ? refuse('csrf') : null
}

/**
 * Ends the session in a browser's cookie when another one replaces it: the browser forgets the first token, and the
 * session would live on unused.
 */
export async function endHeld({ auth, request, client, cookie }: ReceivedRequest): Promise<void> {
  const held = await recognizeBrowser({ auth, request, cookie })
  if (held) await auth.logOut(held.session, client)
}

/** The headers that set the cookie to a session's token, for as long as the session can last. */
export function giveCookie(
  { auth: { config }, cookie }: Pick<ReceivedRequest, 'auth' | 'cookie'>,
  { session, token }: { readonly session: Session; readonly token: Secret },
): Readonly<Record<string, string>> {
  const milliseconds = endsAt(config, session).getTime() - config.clock().getTime()
  return cookie.give(token, Math.max(0, Math.ceil(milliseconds / 1_000)))
}

/**
 * The headers that delete the cookie when the session of the request ends. A 401 does not delete it: another tab may
 * just have received a new one, which would be lost.
 */
export function takeCookie(
  { cookie, transport }: Pick<ReceivedRequest, 'cookie'> & Pick<Holder, 'transport'>,
  how: 'forget' | 'logOut',
): Readonly<Record<string, string>> {
  return transport === 'cookie' ? cookie[how] : {}
}
