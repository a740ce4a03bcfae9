// A page of somebody else, in the browser of somebody who is logged in: it comes to the API by every
// way there is, with the cookie where the browser adds it, and changes nothing and learns nothing.
import { beforeEach, expect, test } from 'vitest'
import { tableOf } from '../harness.ts'
import { type Act, actsOn, postable, readable } from './acts.ts'
import { ask, openBrowser } from './browser.ts'
import { hostileSite, play } from './hostile-site.ts'
import type { Visit } from './sites.ts'
import { asking, posts, reads, type Trick } from './tricks.ts'
import { openVictim } from './victim.ts'
import { api, cookiesOf, hostOf, logInOn, type World } from './world.ts'

const neighbour = 'https://other.example.test'
const stranger = 'https://evil.test'

beforeEach(async () => {
  const { sites } = await openBrowser()
  for (const place of [neighbour, stranger]) sites.serve(hostOf(place), hostileSite)
})

test('whatever a session can change is tried, and the front end may do it', async () => {
  const { world, opened, belongings } = await openVictim()
  const acts = actsOn(belongings)
  expect(acts.map(routeOf)).toEqual(expect.arrayContaining(changing(world)))
  for (const act of acts) {
    const before = await world.contents()
    const { status } = await ask(opened, api + act.path, { method: act.method, body: act.fields })
    expect([routeOf(act), status]).toEqual([routeOf(act), expect.toBeOneOf([200, 201, 202, 204])])
    expect([routeOf(act), await world.contents()]).not.toEqual([routeOf(act), before])
    const isLoggedOut = ['POST /v1/registrations', 'DELETE /v1/session'].includes(routeOf(act))
    if (isLoggedOut) await logInOn(opened)
  }
})

function routeOf({ method, path }: Act): string {
  return `${method} ${path.replace(/[\da-f-]{36}/, ':id')}`
}

function changing({ server }: World): string[] {
  const closed = ['session', 'fresh', 'session_or_key']
  return tableOf(server)
    .filter(({ method, access }) => method !== 'GET' && closed.includes(access))
    .map(({ method, path }) => `${method} ${path}`)
}

const kinds = [
  ['what it posts', { tricks: posts, acts: () => postable, arrivesAs: 'POST' }],
  ['what asks first', { tricks: asking, acts: actsOn, arrivesAs: 'OPTIONS' }],
  ['what reads', { tricks: reads, acts: () => readable, arrivesAs: 'GET' }],
] as const
const cases = [neighbour, stranger].flatMap((place) =>
  kinds.map(([name, kind]) => [place, name, kind] as const),
)

test.each(cases)(
  'a page of %s changes nothing, and sees nothing, by %s',
  async (place, _, { tricks, acts: actsFor, arrivesAs }) => {
    const { world, opened, belongings } = await openVictim()
    const loggedOut = await world.openFrontEnd()
    const [before, cookies] = [await world.contents(), await cookiesOf(opened.context())]
    const acts = actsFor(belongings)
    await Promise.all([opened.goto(place), loggedOut.goto(place)])
    for (const trick of tricks) {
      const { seen, visits } = await play(world, opened, { trick, acts })
      const came = visits.map(({ line }) => line.replace(/\?.*/, ''))
      const meant = acts.map(({ path }) => `${arrivesAs} ${path}`)
      expect([trick.name, new Set(came)]).toEqual([trick.name, new Set(meant)])
      for (const visit of visits) {
        expect([trick.name, isWithCookie(visit)]).toEqual([trick.name, isCarried(trick, place)])
        const status = expect.toBeOneOf(statusesOf(visit))
        expect([trick.name, visit.line, visit.status]).toEqual([trick.name, visit.line, status])
        expect(Object.keys(visit.answered).filter(isGift)).toEqual([])
      }
      // In a browser that is logged out it looks the same.
      const other = await play(world, loggedOut, { trick, acts: acts.slice(-1) })
      expect([trick.name, seen.at(-1)]).toEqual([trick.name, other.seen.at(-1)])
      expect([trick.name, await world.contents()]).toEqual([trick.name, before])
      expect([trick.name, await cookiesOf(opened.context())]).toEqual([trick.name, cookies])
    }
  },
  60_000,
)

function isCarried({ cookie }: Trick, place: string): boolean {
  return cookie === 'from every site' || (cookie === 'from the same site' && place === neighbour)
}

function isWithCookie({ headers }: Visit): boolean {
  return headers.cookie?.startsWith('__Host-session=lks_') ?? false
}

// A preflight is answered, and allows nothing; what reads is what it would be for anybody. What opens a
// WebSocket, or would change something is refused for where it comes from, or without the cookie for any reason there is.
function statusesOf(visit: Visit): readonly number[] {
  if (visit.line.startsWith('OPTIONS')) return [204]
  const isOpening = visit.headers.upgrade !== undefined && isWithCookie(visit)
  if (isOpening) return [403]
  if (visit.line.startsWith('GET')) return isWithCookie(visit) ? [200] : [401]
  return isWithCookie(visit) ? [403] : [401, 403, 415]
}

function isGift(header: string): boolean {
  return header === 'set-cookie' || header.startsWith('access-control-')
}
