import { parseAppUrl } from '../core/app-url.ts'
import type { Auth } from '../core/auth.ts'
import type { Mailbox } from '../core/mail.ts'
import { accessTokens } from './access-tokens.ts'
import { requireAccess } from './admission.ts'
import { apiKeys } from './api-keys.ts'
import { changePasswordUrl } from './change-password-url.ts'
import { type CookieOptions, cookieName } from './cookie.ts'
import { devices } from './devices.ts'
import { emailVerifications } from './email-verifications.ts'
import { events } from './events.ts'
import { health } from './health.ts'
import { mailbox } from './mailbox.ts'
import { metrics } from './metrics.ts'
import { openApi } from './openapi.ts'
import { passwords } from './passwords.ts'
import { registrations } from './registrations.ts'
import { revocations } from './revocations.ts'
import type { Route } from './route.ts'
import { sessions } from './sessions.ts'
import { signingKeys } from './signing-keys.ts'
import { users } from './users.ts'

/** What the table contains besides Latchkey's standard routes. */
export interface TableOptions extends Pick<CookieOptions, 'mode'> {
  /** Your own routes: in the table they are checked, documented and tested like Latchkey's. */
  readonly routes?: readonly Route[]
  /** Development only: the mails that `/dev/mailbox` shows to whoever sits at this machine. Default none. */
  readonly mailbox?: Mailbox | null
  /** The URL of the front end, as for `createOutbox`: `/.well-known/change-password` redirects there. Default none. */
  readonly appUrl?: string
}

/** The one table: Latchkey's routes and the application's, in the order of matching. */
export function routeTable(auth: Auth, options: TableOptions = {}): Route[] {
  const routes = [
    ...registrations(auth),
    ...sessions(auth),
    ...devices(auth),
    ...users(auth),
    ...(auth.config.apiKeys.scopes.length > 0 ? apiKeys(auth) : []),
    ...forOtherServices(auth),
    ...events(auth),
    ...emailVerifications(auth),
    ...passwords(auth),
    ...(options.appUrl === undefined ? [] : changePasswordUrl(readAppUrl(options.appUrl))),
    ...(options.routes ?? []),
    ...health(auth),
    ...(auth.config.metrics ? metrics(auth.config.metrics) : []),
    ...(options.mailbox ? mailbox(options.mailbox) : []),
  ]
  const table = [...routes, openApi(routes, cookieName(options.mode))]
  requireDistinct(table)
  for (const { method, path, scope } of table) {
    if (scope !== null) requireAccess({ scope }, `${method} ${path}`, auth)
  }
  return table
}

function forOtherServices(auth: Auth): Route[] {
  const issued = auth.config.accessTokens
  if (issued === null) return []
  return [...accessTokens(auth, issued.audiences), ...revocations(auth), ...signingKeys(auth)]
}

function readAppUrl(text: string): string {
  const appUrl = parseAppUrl(text)
  if (appUrl !== null) return appUrl
  throw new RangeError(`${text} is not a URL like https://app.example.com`)
}

function requireDistinct(routes: readonly Route[]): void {
  const seen = new Set<string>()
  for (const { method, path } of routes) {
    const line = `${method} ${path}`
    if (seen.has(line)) throw new Error(`${line} is declared twice`)
    seen.add(line)
  }
}
