import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { latchkey } from 'latchkey/fastify'
import { type AppOptions, type Auth, stopOnSignals } from 'latchkey/server'
import { giveUp, openAuth } from '../shared/auth.ts'

/**
 * Your routes that are open to everybody; a route with several methods needs an entry for each. A route can also
 * declare this itself: `config: { access: 'public' }`.
 */
const allowUnauthenticated = ['GET /']

interface Asked {
  /** Set by `-- --dev` after `fastify start`, which passes it to the app only. */
  readonly dev?: boolean
}

/**
 * Adds the authentication routes to an app, and requires a log-in for every other route except those above; there,
 * `request.user` is the logged-in user.
 */
const authentication = fp(async (app, { dev }: Asked) => {
  const args = dev ? ['--dev'] : undefined
  const { auth, options, start, close } = await openAuth(args).catch(giveUp)
  app.addHook('onClose', close)
  app.addHook('onListen', async () => {
    start()
    // On Ctrl-C and SIGTERM, requests in progress have eight seconds to finish; then the app and `auth` close.
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
  // Decided at each request, because a route may have been registered before this hook.
  app.addHook('onRequest', async ({ routeOptions: { method, url = '', config } }) => {
    const path = url.replace(/(?<=.)\/$/, '')
    // A HEAD is a GET without its body: opening the GET opens both.
    const names = [method].flat().map((each) => `${each === 'HEAD' ? 'GET' : each} ${path}`)
    // SECURITY: a route has one `config` for all of its methods, so it is opened only if all of them are listed.
    if (names.every((name) => allowUnauthenticated.includes(name))) config.access = 'public'
  })
  await app.register(latchkey, { auth, ...options })
}
