// An API with access tokens, on a copy of Latchkey's database, for a service beside it.
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Auth, type Authenticated, createAuth, createStore } from '../src/server.ts'
import { openSqlite } from '../src/sqlite.ts'
import { bearer, type Fixture, names, production } from './peers.ts'
import { startServer } from './server.ts'

export interface Issuer {
  readonly child: ChildProcess
  /** The environment of `servers/resource-server.ts`. */
  readonly environment: Readonly<Record<string, string>>
  readonly fixture: Fixture
  close(): Promise<void>
}

const issuer = 'https://api.example.com'
const audience = 'https://reports.example.com'
// So many tokens are requested at once, so that none waits for the signature of another.
const lanes = 16

export async function startIssuer(latchkey: Fixture, folder: string): Promise<Issuer> {
  const file = join(folder, 'issuer.sqlite3')
  copyFileSync(latchkey.file, file)
  const database = await openSqlite(file)
  const keyEncryptionKey = randomBytes(32)
  const accessTokens = { issuer, audiences: [audience], keyEncryptionKey }
  const auth = createAuth({ store: createStore(database), rateLimits: 'off', accessTokens })
  const renew = async () => (await issueAll(auth, latchkey)).map(bearer)
  // Before the API looks for keys, since the first token makes the first key.
  const credentials = await renew()
  const environment = {
    ...production,
    KEY_ENCRYPTION_KEY: keyEncryptionKey.toString('base64'),
    ACCESS_TOKEN_AUDIENCES: audience,
    ACCESS_TOKEN_ISSUER: issuer,
  }
  const fixture = { file, credentials, renew }
  const server = '../templates/api/server.ts'
  const peer = { name: names.latchkey, server, fixture, environment, accounts: null }
  const { child, port } = await startServer(peer, folder)
  const told = { api: `http://127.0.0.1:${port}`, issuer, audience, revocations: 'fail-open' }
  return {
    child,
    environment: { ACCESS_TOKENS: JSON.stringify(told) },
    fixture: { file: latchkey.file, credentials, renew },
    close: () => database.close(),
  }
}

async function issueAll(auth: Auth, { credentials }: Fixture): Promise<string[]> {
  const tokens: string[] = []
  const waiting = credentials.entries()
  const lane = async () => {
    for (const [index, line] of waiting) {
      const [token = ''] = line.split(' ').reverse()
      tokens[index] = await issue(auth, await auth.authenticate(token))
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return tokens
}

async function issue(auth: Auth, authenticated: Authenticated | null): Promise<string> {
  const submitted = { audience, scopes: null }
  const issued = authenticated && (await auth.issueAccessToken(authenticated, submitted))
  if (!issued) throw new Error('A session has ended')
  return issued.token.reveal()
}
