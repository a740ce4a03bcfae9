// The servers that are measured, and their data.
import { type Accounts, betterAuthAccounts, latchkeyAccounts } from './accounts.ts'

/** The data of a server, and the credentials of the requests to it. */
export interface Fixture {
  readonly file: string
  /** Header lines, each with one credential. */
  readonly credentials: readonly string[]
  /** Makes new credentials for each round; null if they outlive the bench. */
  readonly renew: (() => Promise<readonly string[]>) | null
}

/** The header line that carries a token. */
export const bearer = (token: string) => `Authorization: Bearer ${token}`
const cookie = (token: string) => `Cookie: __Host-session=${token}`

export interface Peer {
  readonly name: string
  /** The file of the server, relative to this folder. */
  readonly server: string
  /** The Latchkey that it imports; default the source. */
  readonly of?: 'source' | 'dist'
  readonly fixture: Fixture
  readonly environment: Readonly<Record<string, string>>
  /** Null if the server has no passwords. */
  readonly accounts: Accounts | null
}

export type JoseAlgorithm = 'ES256' | 'EdDSA'

export interface JoseFixture extends Fixture {
  /** A JWK with its `alg`, as JSON. */
  readonly publicKey: string
}

/** A fixture with tokens of links to reset passwords. */
export interface AccountsFixture extends Fixture {
  readonly resetTokens: readonly string[]
}

export interface Fixtures {
  readonly latchkey: AccountsFixture
  readonly jwt: Fixture
  readonly jose: Readonly<Record<JoseAlgorithm, JoseFixture>>
  readonly accessTokens: { readonly environment: Peer['environment']; readonly fixture: Fixture }
  readonly betterAuth: AccountsFixture
  readonly betterAuthCached: Fixture & { readonly cacheFile: string }
}

export const names = {
  latchkey: 'Latchkey',
  latchkeyCookie: 'Latchkey, cookie',
  latchkeyOpen: 'Latchkey, the route opened',
  inFastify: 'Latchkey in Fastify',
  inExpress: 'Latchkey in Express',
  inHono: 'Latchkey in a Hono app',
  jwt: '@fastify/jwt HS256',
  joseEs256: 'Fastify, jose ES256',
  joseEdDsa: 'Fastify, jose EdDSA',
  resourceServer: 'Fastify, latchkey/resource-server',
  fastifyOpen: 'Fastify, the route opened',
  passport: 'Express, passport-http-bearer',
  betterAuth: 'better-auth, bearer plugin',
  betterAuthCached: 'better-auth, sessions in memory',
  nodeHttp: 'node:http, the same queries',
} as const

/** The servers that authenticate nobody, and so have no session to return. */
export const openPeers: readonly string[] = [names.latchkeyOpen, names.fastifyOpen]

export function listPeers(fixtures: Fixtures): Peer[] {
  const { latchkey, jwt, jose, accessTokens, betterAuth, betterAuthCached } = fixtures
  const other = { environment: {}, accounts: null }
  const ours = { fixture: latchkey, environment: production }
  return [
    {
      ...ours,
      name: names.latchkey,
      server: '../templates/api/server.ts',
      accounts: { ...latchkeyAccounts, resetTokens: latchkey.resetTokens },
    },
    {
      ...ours,
      name: names.latchkeyCookie,
      server: '../templates/api/server.ts',
      fixture: byCookie(latchkey),
      accounts: null,
    },
    { ...ours, name: names.latchkeyOpen, server: 'servers/latchkey-open.ts', accounts: null },
    { ...other, name: names.inFastify, server: 'servers/fastify-latchkey.ts', fixture: latchkey },
    { ...other, name: names.inExpress, server: 'servers/express-latchkey.ts', fixture: latchkey },
    { ...other, name: names.inHono, server: 'servers/hono-latchkey.ts', fixture: latchkey },
    { ...other, name: names.jwt, server: 'servers/fastify-jwt.ts', fixture: jwt },
    { ...other, ...withJose(jose.ES256), name: names.joseEs256 },
    { ...other, ...withJose(jose.EdDSA), name: names.joseEdDsa },
    {
      ...accessTokens,
      name: names.resourceServer,
      server: 'servers/resource-server.ts',
      accounts: null,
    },
    { ...other, name: names.fastifyOpen, server: 'servers/fastify-open.ts', fixture: latchkey },
    {
      ...other,
      name: names.passport,
      server: 'servers/express-bearer.ts',
      fixture: latchkey,
    },
    {
      ...other,
      name: names.betterAuth,
      server: 'servers/better-auth.ts',
      fixture: betterAuth,
      accounts: { ...betterAuthAccounts, resetTokens: betterAuth.resetTokens },
    },
    {
      ...other,
      name: names.betterAuthCached,
      server: 'servers/better-auth.ts',
      fixture: betterAuthCached,
      environment: { CACHE_FILE: betterAuthCached.cacheFile },
    },
    { ...other, name: names.nodeHttp, server: 'servers/node-http.ts', fixture: latchkey },
  ]
}

// The same tokens, and the sessions of the same users.
function byCookie({ credentials, ...fixture }: Fixture): Fixture {
  return {
    ...fixture,
    credentials: credentials.map((line) => cookie(line.split(' ').at(-1) ?? '')),
  }
}

function withJose({ publicKey, ...fixture }: JoseFixture) {
  return { server: 'servers/fastify-jose.ts', fixture, environment: { PUBLIC_KEY: publicKey } }
}

// As in production, with the defaults and the flag of `npm start`. Each log-in comes from another address, so that the
// guard counts but refuses nobody.
export const production = {
  NODE_OPTIONS: '--max-semi-space-size=8',
  APP_URL: 'https://app.example.com',
  MAIL_FROM: 'Projects <no-reply@example.com>',
  SMTP_URL: 'smtp://127.0.0.1:9',
  TRUSTED_PROXIES: '127.0.0.1',
}
