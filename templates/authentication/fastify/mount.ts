import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { latchkey } from 'latchkey/fastify'
import { type AppOptions, type Auth, stopOnSignals } from 'latchkey/server'
import { giveUp, openAuth } from '../shared/auth.ts'

/**
 * Your routes that are open to everybody; one with several methods needs a name for each. A route can also say it
 * itself: `config: { access: 'public' }`.
 */
const allowUnauthenticated = ['GET /']

interface Asked {
  /** Set by `-- --dev` after `fastify start`, which passes it to the app only. */
  readonly dev?: boolean
}

/**
 * Adds the authentication routes to an app, and closes every other route, except those above, to anybody who is
 * not logged in; behind it `request.user` says who asks.
 */
const authentication = fp(async (app, { dev }: Asked) => {
  const args = dev ? ['--dev'] : undefined
  const { auth, options, start, close } = await openAuth(args).catch(giveUp)
  app.addHook('onClose', close)
  app.addHook('onListen', async () => {
    start()
    // On Ctrl-C and SIGTERM requests under way get eight seconds; then the app closes, and `auth` with it.
    stopOnSignals(app.server, { onClose: () => app.close() })
  })
  await mount(app, auth, options)
})

export default authentication

/** The same for an existing `auth`: tests pass their own. */
export async function mount(
  app: FastifyInstance,
  auth: Auth,
  options: AppOptions = {},
): Promise<void> {
  // For each request, since a route may have been registered before this hook.
  app.addHook('onRequest', async ({ routeOptions: { method, url = '', config } }) => {
    const path = url.replace(/(?<=.)\/$/, '')
    // A HEAD is a GET without its body: opening the GET opens both.
    const names = [method].flat().map((each) => `${each === 'HEAD' ? 'GET' : each} ${path}`)
    // SECURITY: a route has one `config` for all of its methods. It is opened only if each of them is.
    if (names.every((name) => allowUnauthenticated.includes(name))) config.access = 'public'
  })
  await app.register(latchkey, { auth, ...options })
}
