import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { latchkey } from 'latchkey/fastify'
import { type AppOptions, type Auth, stopOnSignals } from 'latchkey/server'
import { giveUp, openAuth } from '../shared/auth.ts'

/** Which of your routes are open to everybody; in a route itself it is `config: { access: 'public' }`. */
const allowUnauthenticated = ['GET /']

interface Asked {
  /** What `fastify start` is given as `-- --dev`: only the app hears of it. */
  readonly dev?: boolean
}

/**
 * Gives an app the routes of authentication, and closes every other to whoever is not logged in, but for
 * those above; there `request.user` says who asks.
 */
const authentication = fp(async (app, { dev }: Asked) => {
  const args = dev ? ['--dev'] : undefined
  const { auth, options, start, close } = await openAuth(args).catch(giveUp)
  app.addHook('onClose', close)
  app.addHook('onListen', async () => {
    start()
    // On Ctrl-C and SIGTERM: what has begun is answered within eight seconds, then the app closes, and this.
    stopOnSignals(app.server, { onClose: () => app.close() })
  })
  await mount(app, auth, options)
})

export default authentication

/** The same around an `auth` that is there: tests have one of their own. */
export async function mount(
  app: FastifyInstance,
  auth: Auth,
  options: AppOptions = {},
): Promise<void> {
  // By request, since a route may have been registered before this.
  app.addHook('onRequest', async ({ method, routeOptions: { url = '', config } }) => {
    // Whoever may GET may ask for the headers alone.
    const name = `${method === 'HEAD' ? 'GET' : method} ${url.replace(/(?<=.)\/$/, '')}`
    if (allowUnauthenticated.includes(name)) config.access = 'public'
  })
  await app.register(latchkey, { auth, ...options })
}
