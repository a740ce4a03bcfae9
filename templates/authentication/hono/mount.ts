import type { Hono } from 'hono'
import { type Protected, protect } from 'latchkey/hono'
import { type AppOptions, type Auth, createApp } from 'latchkey/server'
import { openAuth } from '../shared/auth.ts'

/** Which of your routes are open to everybody: a method and a path, spelled exactly so. */
const allowUnauthenticated = ['GET /']

/**
 * Gives an app the routes of authentication. Whatever is registered after it is closed to whoever is not
 * logged in, but for the routes above; there `c.var.user` says who asks.
 */
export async function mountAuthentication(app: Hono<Protected>): Promise<void> {
  const { auth, options, close } = await openAuth()
  mount(app, auth, options)
  closeAtEnd(close)
}

/** The same around an `auth` that is there: tests have one of their own. */
export function mount(app: Hono<Protected>, auth: Auth, options: AppOptions = {}): void {
  app.route('/', createApp(auth, options))
  app.use(protect(auth, { ...options, allowUnauthenticated }))
}

// `once`: a second signal ends the process at once, as ever.
function closeAtEnd(close: () => Promise<void>): void {
  const end = () => void close().finally(() => process.exit())
  process.once('SIGINT', end).once('SIGTERM', end)
}
