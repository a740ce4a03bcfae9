import type { Auth } from '../core/auth.ts'
import { health } from './health.ts'
import { openApi } from './openapi.ts'
import { passwords } from './passwords.ts'
import { registrations } from './registrations.ts'
import type { Route } from './route.ts'
import { sessions } from './sessions.ts'

/** Whether anybody may sign up. */
export type SignUp = 'open' | 'closed'

/** The one table: Latchkey's routes and the application's, in the order of matching. */
export function routeTable(auth: Auth, signUp: SignUp, own: readonly Route[]): Route[] {
  const routes = [
    ...(signUp === 'open' ? registrations(auth) : []),
    ...sessions(auth),
    ...passwords(auth),
    ...own,
    ...health(auth),
  ]
  const table = [...routes, openApi(routes)]
  requireDistinct(table)
  return table
}

function requireDistinct(routes: readonly Route[]): void {
  const seen = new Set<string>()
  for (const { method, path } of routes) {
    const line = `${method} ${path}`
    if (seen.has(line)) throw new Error(`Two routes are declared for ${line}`)
    seen.add(line)
  }
}
