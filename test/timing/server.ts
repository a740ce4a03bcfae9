// The server that is timed, in production mode and without limits, four times over: as it is, without
// and with imported users, and with each of two faults that the test has to find. node server.ts DATABASE_URL; says its ports over IPC.
import {
  argon2id,
  createApp,
  createAuth,
  createLog,
  createOutbox,
  createStore,
  type PasswordHash,
  serve,
  type Transport,
} from 'latchkey/server'
import { openSqlite } from 'latchkey/sqlite'
import { type Port, ports } from './ports.ts'

const [, , url = ''] = process.argv
const database = await openSqlite(url)
const store = createStore(database)
const log = createLog({ mode: 'production', logLevel: 'info' })
const hash = argon2id()

const faults: Record<Port, PasswordHash['verify']> = {
  // As if nobody had been imported, whose hash everybody would pay for.
  right: (known, password) => hash.verify(known, password),
  imported: (known, password, among) => hash.verify(known, password, among),
  unhashed: async (known, password) => known !== null && hash.verify(known, password),
  delayed: async (known, password) => {
    const isRight = await hash.verify(known, password)
    if (known === null) spin(0.5)
    return isRight
  },
}

function spin(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

const transport: Transport = {
  async deliver({ compose }) {
    await compose()
    return { status: 'sent' }
  },
}

async function listen(port: Port): Promise<number> {
  const passwordHash: PasswordHash = { ...hash, verify: faults[port] }
  const auth = createAuth({ store, passwordHash, log, rateLimits: 'off' })
  if (port === 'right') {
    const from = 'no-reply@example.com'
    createOutbox(auth, { transport, from, appUrl: 'https://app.example.com', log }).start()
  }
  const app = createApp(auth, { log, mode: 'production' })
  return (await serve(app, { host: '127.0.0.1', port: 0, onClose: async () => {} })).port
}

const listening = []
for (const port of ports) listening.push([port, await listen(port)])
process.send?.(Object.fromEntries(listening))
process.once('disconnect', () => process.exit())
