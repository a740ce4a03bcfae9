// The Projects API with access tokens, and two services that accept them, each in its own process.
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createAuth, createStore } from '../../src/server.ts'
import { openSqlite } from '../../src/sqlite.ts'
import { production } from '../peers.ts'
import { startProcess, stopProcess } from '../processes.ts'
import { freePort, listening } from '../server.ts'
import { audience } from './client.ts'
import type { Scene } from './endings.ts'
import { type MailSink, startMailSink } from './mail-sink.ts'

export interface Services extends Scene {
  /** The database of the API, and its log. */
  readonly file: string
  readonly log: string
  readonly environment: Readonly<Record<string, string>>
  /** A service that accepts tokens while it cannot fetch revocations, and one that does not. */
  readonly failOpen: string
  readonly failClosed: string
  startApi(): Promise<void>
  stopApi(): Promise<void>
  stop(): Promise<void>
}

const issuer = 'https://api.example.com'

export async function startServices(folder: string): Promise<Services> {
  const children = new Map<string, ChildProcess>()
  const mails = await startMailSink()
  const file = join(folder, 'latchkey.sqlite3')
  const environment = { ...accessTokensOn(mails), DATABASE_URL: `sqlite:${file}` }
  const start = async (name: string, server: string, variables: Record<string, string>) => {
    const log = join(folder, `${name}.log`)
    const options = { core: 'server', environment: variables, log } as const
    const child = startProcess(server, options)
    children.set(name, child)
    await listening(Number(variables.PORT), child, log)
  }
  const apiPort = String(await freePort())
  const origin = `http://127.0.0.1:${apiPort}`
  const startApi = () =>
    start('api', '../templates/api/server.ts', { ...environment, PORT: apiPort })
  const startService = async (revocations: 'fail-open' | 'fail-closed') => {
    const port = String(await freePort())
    const told = { api: origin, issuer, audience, revocations }
    const variables = { DATABASE_FILE: file, ACCESS_TOKENS: JSON.stringify(told), PORT: port }
    await start(revocations, 'servers/resource-server.ts', variables)
    return `http://127.0.0.1:${port}`
  }
  const stop = async () => {
    for (const child of children.values()) await stopProcess(child)
    mails.close()
  }
  try {
    await startApi()
    const database = await openSqlite(file)
    return {
      file,
      log: join(folder, 'api.log'),
      environment,
      origin,
      auth: createAuth({ store: createStore(database) }),
      mails,
      failOpen: await startService('fail-open'),
      failClosed: await startService('fail-closed'),
      startApi,
      async stopApi() {
        const api = children.get('api')
        if (api) await stopProcess(api)
      },
      async stop() {
        await database.close()
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function accessTokensOn({ url }: MailSink): Record<string, string> {
  return {
    ...production,
    SMTP_URL: url,
    KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    ACCESS_TOKEN_AUDIENCES: audience,
    ACCESS_TOKEN_ISSUER: issuer,
  }
}
