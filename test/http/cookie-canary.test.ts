// The token of a cookie is in the one Set-Cookie that gives it, and nowhere else that can be looked at.
import { createApp, createLog, type Route } from 'latchkey/server'
import { expect, inject, test } from 'vitest'
import { routeTable } from '../../src/http/routes.ts'
import { routes as templateRoutes } from '../../templates/api/routes.ts'
import {
  ann,
  appUrl,
  cookieIn,
  inCookie,
  ownPage,
  read,
  type Server,
  startServer,
} from '../harness.ts'

test('no answer, no line of the log and no row has the token of a cookie, whatever is asked with it', async () => {
  const lines: string[] = []
  const log = createLog({ mode: 'production', logLevel: 'info' }, (line) => void lines.push(line))
  const server = await startServer({ auth: { log } })
  const routes = templateRoutes(server.database)
  const app = createApp(server.auth, { routes, log })
  const seen: string[] = []
  const send = async (line: string, body: unknown, headers: Record<string, string>) => {
    const [method = '', path = ''] = line.split(' ')
    const init = { method, headers: { 'content-type': 'application/json', ...headers } }
    const sent = method === 'GET' ? init : { ...init, body: JSON.stringify(body) }
    const reply = await read(await app.request(path, sent))
    const { 'set-cookie': given = '', ...others } = Object.fromEntries(reply.headers)
    seen.push(reply.text, JSON.stringify(others))
    return { ...reply, given }
  }
  const byCookie = { ...ann, transport: 'cookie' }
  const tokens = [cookieIn(await send('POST /v1/registrations', byCookie, ownPage))]
  for (const route of routeTable(server.auth, { appUrl, routes })) {
    for (const headers of [{}, { 'sec-fetch-site': 'cross-site' }, { 'user-agent': 'curl/8' }]) {
      const token = tokens.at(-1) ?? ''
      const body = { ...byCookie, password_challenge: 'wrong horse battery', title: 'x', name: 'x' }
      const given = cookieIn(await send(lineOf(route), body, { ...inCookie(token), ...headers }))
      if (given !== '') tokens.push(given)
      else if ((await send('GET /v1/session', null, inCookie(token))).status === 401) {
        tokens.push(cookieIn(await send('POST /v1/session', byCookie, ownPage)))
      }
    }
  }
  await server.auth.flush()
  expect(tokens.length).toBeGreaterThan(5)
  expect(tokens).not.toContain('')
  const everything = [...seen, ...lines, ...(await dump(server))].join('\n')
  expect(everything).toContain('ann@example.com')
  for (const token of tokens) expect(everything).not.toContain(token.slice(4, 30))
  expect(everything).not.toContain('__Host-session=')
})

function lineOf({ method, path }: Route): string {
  return `${method} ${path.replace(/:\w+/g, '00000000-0000-7000-8000-000000000000')}`
}

async function dump({ database }: Server): Promise<string[]> {
  const tables = await database.query(listTables[inject('database')])
  const rows = await Promise.all(tables.map(([name]) => database.query(`SELECT * FROM ${name}`)))
  return rows.map((each) => JSON.stringify(each))
}

const listTables = {
  sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  postgres: `SELECT CAST(table_name AS text) FROM information_schema.tables
    WHERE table_schema = current_schema()`,
}
