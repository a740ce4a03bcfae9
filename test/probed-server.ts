// A server in its own process that reports its steps over IPC: node probed-server.ts [STEP]. When it first reaches
// STEP, it waits for a message.
import { hash } from 'node:crypto'
import { once } from 'node:events'
import {
  argon2id,
  createApp,
  createAuth,
  createOutbox,
  createStore,
  type PasswordHash,
  type Store,
  serve,
  type Transport,
} from 'latchkey/server'
import { openDatabase } from '../templates/api/database.ts'
import { routes, scopes } from '../templates/api/routes.ts'

const { DATABASE_URL = '', RATE_LIMITS, PASSES } = process.env
const [, , waitsAt] = process.argv
const { database } = await openDatabase(DATABASE_URL)

let mustWait = waitsAt !== undefined

async function reach(step: string): Promise<void> {
  process.send?.(step)
  if (!mustWait || step !== waitsAt) return
  mustWait = false
  await once(process, 'message')
}

const cheapHash = argon2id({ cost: { memoryKibibytes: 8, passes: Number(PASSES ?? 1) } })
const passwordHash: PasswordHash = {
  ...cheapHash,
  async hash(password) {
    const hash = await cheapHash.hash(password)
    await reach('hashed')
    return hash
  },
  async verify(hash, password) {
    const verified = await cheapHash.verify(hash, password)
    await reach('verified')
    return verified
  },
}

const stored = createStore(database)
const store: Store = {
  ...stored,
  transaction: (work) =>
    stored.transaction((statements) =>
      work({
        ...statements,
        async insertSession(session, digest) {
          await reach('inserting')
          await statements.insertSession(session, digest)
        },
      }),
    ),
}

const rateLimits = RATE_LIMITS === 'off' ? 'off' : 'on'
let ahead = 0
const clock = () => new Date(Date.now() + ahead)
const apiKeys = { scopes, requestsPerMinute: 100 }
// The same in every process, and not secret.
const keyEncryptionKey = hash('sha256', 'probed', 'buffer')
const accessTokens = { issuer: 'https://api.example.com', audiences: ['billing'], keyEncryptionKey }
const auth = createAuth({ store, passwordHash, rateLimits, clock, apiKeys, accessTokens })
const transport: Transport = {
  async deliver({ to, compose }) {
    await compose()
    await reach(`sent ${to}`)
    return { status: 'sent' }
  },
}
const from = 'no-reply@example.com'
const outbox = createOutbox(auth, { transport, from, appUrl: 'https://app.example.com' })

process.on('message', async (told) => {
  if (told === 'deliver') {
    await outbox.deliverDue()
    await reach('delivered')
  }
  if (String(told).startsWith('ahead ')) ahead = Number(String(told).slice('ahead '.length))
  // Messages arrive in order: before this one, all earlier ones have arrived.
  if (told === 'report') process.send?.('reported')
})

const app = createApp(auth, { routes: routes(database), trustedProxies: ['127.0.0.1'] })
const { port } = await serve(app, { host: '127.0.0.1', port: 0, onClose: () => database.close() })
await reach(`listening ${port}`)
