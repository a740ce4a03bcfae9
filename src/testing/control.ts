import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { z } from 'zod'
import type { Peer } from '../http/app.ts'
import { readBody } from '../http/body.ts'
import { admitDeveloper } from '../http/development.ts'
import { presentMail } from '../http/mails.ts'
import { isRefusal } from '../http/problems.ts'
import type { RequestLike } from '../http/request-like.ts'
import { logInAs, type TestUser } from './log-in.ts'
import { linkIn } from './mails.ts'
import type { TestServer } from './test-server.ts'
import { verifyAddress } from './verify-address.ts'

type Control = Hono<{ Bindings: Peer }>

/** Routes for a suite in another language, in place of the functions that a test in this process would call. */
export function control(server: TestServer, api: string): Control {
  const app: Control = new Hono()
  const { clock, mails } = server
  const now = () => ({ now: clock().toISOString() })
  app.use(admitSuite)
  app.get('/', (context) => say(context, { api, ...now(), routes }))

  app.post('/reset', async (context) => {
    await server.reset()
    return say(context, now())
  })

  app.get('/mails', async (context) => {
    const to = context.req.query('to')
    const found = to === undefined ? await mails.all() : await mails.to(to)
    return say(context, {
      mails: found.map((mail) => ({ ...presentMail(mail), ...linkAndToken(linkIn(mail)) })),
    })
  })

  app.get('/clock', (context) => say(context, now()))

  app.post('/clock', async (context) => {
    const moved = await read(context, moveSchema)
    if (moved instanceof Response) return moved
    if ('now' in moved) clock.set(new Date(moved.now))
    else clock.advance(moved.advance)
    return say(context, now())
  })

  app.post('/sessions', async (context) => {
    const wanted = await read(context, sessionSchema)
    if (wanted instanceof Response) return wanted
    const { id, email_address: emailAddress, password, fields, transport, address } = wanted
    const user = await logInAs(server.app, { id, emailAddress, password, fields, transport })
    if (address === 'verified') await verifyAddress(server, user)
    return say(context, presentUser(user), 201)
  })

  app.notFound((context) => refuse(context, 404, 'There is nothing here: GET / says what there is'))
  app.onError((error, context) => refuse(context, 422, error.message))
  return app
}

const routes = {
  'POST /reset': 'Empties every table, forgets the mails, and sets the clock back to its start',
  'GET /mails':
    'Sends what is queued, and shows the mails, newest first; ?to=ADDRESS for one address',
  'GET /clock': 'The time of the API, which stands still',
  'POST /clock':
    'Moves it: {"advance":{"days":30}}, in days, hours, minutes, seconds; {"now":"2026-02-01T00:00:00Z"}',
  'POST /sessions':
    'Signs somebody up, or logs in whoever has an id: {id?, email_address?, password?, fields?, transport?, address?: "verified"}',
}

// SECURITY: a page of any site, in a browser on this machine, can send requests here. But the browser says that they
// come from a page or, if the site's name was made to resolve here, sends that name as the host.
const admitSuite: MiddlewareHandler<{ Bindings: Peer }> = async (context, next) => {
  const { headers } = context.req.raw
  const isPage = (headers.get('sec-fetch-site') ?? 'none') !== 'none'
  if (!admitDeveloper({ headers }, { ipAddress: context.env.address }) || isPage) {
    return refuse(context, 403, 'For programs of this machine, that ask for localhost, alone')
  }
  return next()
}

const amount = z.number().min(0).max(1e9).optional()
const moveSchema = z.union([
  z.strictObject({
    advance: z.strictObject({ days: amount, hours: amount, minutes: amount, seconds: amount }),
  }),
  z.strictObject({ now: z.iso.datetime({ offset: true }) }),
])

const sessionSchema = z.strictObject({
  id: z.string().optional(),
  email_address: z.string().optional(),
  password: z.string().optional(),
  fields: z.record(z.string(), z.unknown()).optional(),
  transport: z.enum(['bearer', 'cookie']).optional(),
  address: z.enum(['verified', 'unverified']).optional(),
})

async function read<T>(context: Context, schema: z.ZodType<T>): Promise<T | Response> {
  const type = context.req.header('content-type') ?? 'application/json'
  if (!/^application\/json(?:;|$)/i.test(type)) {
    return refuse(context, 415, 'Send it as application/json')
  }
  const asked: RequestLike = context.req.raw
  const body = await readBody(asked)
  if (isRefusal(body)) return refuse(context, 400, 'The body is no JSON object, or too large')
  const parsed = schema.safeParse(body)
  return parsed.success ? parsed.data : refuse(context, 422, sentence(parsed.error))
}

function sentence(error: z.ZodError): string {
  return z.prettifyError(error).replaceAll('✖ ', '')
}

type Refused = 400 | 403 | 404 | 415 | 422

function refuse(context: Context, status: Refused, error: string): Response {
  return say(context, { error }, status)
}

// Ends with a line break, like the API's own answers, for use in a shell.
function say(context: Context, body: object, status: 200 | 201 | Refused = 200): Response {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return context.body(`${JSON.stringify(body)}\n`, status, headers)
}

function linkAndToken(link: string | null) {
  return { link, token: link && new URL(link).hash.slice(1) }
}

function presentUser({ id, emailAddress, password, token, headers }: TestUser) {
  return { id, email_address: emailAddress, password, token, headers }
}
