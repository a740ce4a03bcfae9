// Who may do what, tried with every kind of credential on every route, and what a client may write. Both
// tables are a file for whoever reviews: a route that is not in it fails here (`-u` writes it anew).
import type { Route } from 'latchkey/server'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { scopes } from '../../templates/api/routes.ts'
import { issue } from '../access-token.ts'
import {
  ann,
  bearer,
  createApiKey,
  inCookie,
  mailedToken,
  type Reply,
  type Server,
  signUp,
  startServer,
  tableOf,
  verifyAddress,
} from '../harness.ts'

const file = '../../docs/reference/access.md'

test('the tables of who may, and of what may be written, are those in the reference', async () => {
  const server = await startServer({ auth: { resetTokenMinutes: 1_440 } })
  const routes = tableOf(server)
  const access = await accessTable(server, routes)
  await expect(document(access, writableTable(routes))).toMatchFileSnapshot(file)
})

function document(access: readonly string[], writable: readonly string[]): string {
  return `# Who may do what

A test tries every route with every kind of credential, and compares the results with the tables on this page.

## Access

**yes**: the request is let in, and its content is checked next. **401**: the server does not know who sends the
request. **403**: the server knows, but that is not enough: a session whose password was not verified recently
(\`fresh_authentication_required\`), or an API key without the scope (\`insufficient_scope\`). A *stale* session is one
whose password was verified more than ten minutes ago. Tokens of other kinds, such as those of links, or access tokens
(JWT), which are for other services, give no access. A key that is revoked or expired, or whose user is banned, is a
401.

*In a cookie*: the token is sent by a page of the server's own origin, or of a listed one. *By a hostile page*: a page
of another origin made the browser send the cookie, and **403** is \`csrf\`. Two session cookies are a 401 on every route
that needs a user.

${access.join('\n')}

## Fields that a client may write

Every other field of a body is ignored. The owner of a row is always the user who sends the request.

${writable.join('\n')}
`
}

async function accessTable(server: Server, routes: readonly Route[]): Promise<string[]> {
  const credentials = await hold(server)
  const names = credentials.map(({ name }) => name)
  const rows = [['Route', 'Scope', ...names], [...Array(names.length + 2).fill('---')]]
  for (const route of routes) {
    const cells = []
    for (const credential of credentials) {
      const tried = await tryOut(server, route, credential)
      cells.push(verdictOn(tried))
    }
    const scope = route.scope === null ? '' : `\`${route.scope}\``
    rows.push([`\`${route.method} ${route.path}\``, scope, ...cells])
  }
  return rows.map((row) => `| ${row.join(' | ')} |`)
}

// Each in the same state: what one request ended, such as the session, is there for the next.
async function hold(server: Server): Promise<(Tried & { readonly name: string })[]> {
  const token = await signUp(server)
  await verifyAddress(server, token)
  const keys = []
  for (const scope of scopes) {
    const { token: key } = await createApiKey(server, token, { scopes: [scope] })
    keys.push({ name: `key \`${scope}\``, token: key, headers: bearer(key), isFresh: true })
  }
  const accessToken = await issue(server, token)
  await server.send('POST /v1/passwords', ann)
  await server.outbox.deliverDue()
  return [
    { name: 'nobody', headers: {}, isFresh: true },
    { name: 'session', headers: null, isFresh: true },
    { name: 'stale session', headers: null, isFresh: false },
    ...keys,
    { name: 'token of a link', headers: bearer(mailedToken(server)), isFresh: true },
    { name: 'access token', headers: bearer(accessToken), isFresh: true },
    { name: 'session in a cookie', headers: null, isFresh: true, carry: inCookie },
    { name: 'stale session in a cookie', headers: null, isFresh: false, carry: inCookie },
    { name: 'the same by a hostile page', headers: null, isFresh: true, carry: byHostilePage },
    { name: 'two cookies', headers: null, isFresh: true, carry: twice },
    { name: 'key in a cookie', headers: inCookie(keys.at(-1)?.token ?? ''), isFresh: true },
    { name: 'token of a link in a cookie', headers: inCookie(mailedToken(server)), isFresh: true },
    { name: 'access token in a cookie', headers: inCookie(accessToken), isFresh: true },
    { name: 'cookie beside another header', headers: null, isFresh: true, carry: besideHeader },
  ]
}

type Carry = (token: string) => Record<string, string>

function byHostilePage(token: string) {
  return { ...inCookie(token), 'sec-fetch-site': 'same-site', origin: 'https://evil.example' }
}

function twice(token: string) {
  return { ...inCookie(token), cookie: `__Host-session=${token}; __Host-session=${token}` }
}

function besideHeader(token: string) {
  return { ...inCookie(token), authorization: 'Basic YTpi' }
}

interface Tried {
  /** Null for a session of its own, which is carried as the last says. */
  readonly headers: Record<string, string> | null
  readonly isFresh: boolean
  readonly carry?: Carry
}

async function tryOut(server: Server, route: Route, tried: Tried): Promise<Reply> {
  const { clock, send } = server
  const { headers, isFresh, carry = bearer } = tried
  const own = headers ?? carry((await send('POST /v1/session', ann)).body.token)
  if (!isFresh) clock.advance({ minutes: 10 })
  const path = route.path.replace(/:\w+/g, '00000000-0000-7000-8000-000000000000')
  // Nothing that could be done: what is judged behind the door is a 422 or a 404.
  const body = route.schemas.body === null ? undefined : { password_challenge: undefined }
  if (`${route.method} ${path}` === 'DELETE /v1/user' && isFresh) {
    return send('DELETE /v1/user', { password_challenge: 7 }, own)
  }
  return send(`${route.method} ${path}`, body, own)
}

function verdictOn({ status, body }: Reply): string {
  expect(status).toBeLessThan(500)
  if (status === 403) return body.code === 'email_verification_required' ? 'yes' : '403'
  const isStranger = body?.code === 'unauthenticated' || body?.code === 'invalid_token'
  return isStranger ? '401' : 'yes'
}

function writableTable(routes: readonly Route[]): string[] {
  const rows = routes.flatMap(({ method, path, schemas: { body } }) => {
    const fields = body ? Object.keys(Object(z.toJSONSchema(body, input)).properties) : []
    const named = fields.map((field) => `\`${field}\``).join(', ')
    return body ? [`| \`${method} ${path}\` | ${named} |`] : []
  })
  return ['| Route | Fields |', '| --- | --- |', ...rows]
}

const input = { io: 'input', unrepresentable: 'any' } as const
