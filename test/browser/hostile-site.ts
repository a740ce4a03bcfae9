import { readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { until } from '../until.ts'
import type { Act } from './acts.ts'
import { page, type Visit } from './sites.ts'
import type { Trick } from './tricks.ts'
import { api, type World } from './world.ts'

const script = readFileSync('test/browser/hostile-page.js')

/** Serves a page that has all tricks at hand. */
export const hostileSite: RequestListener = (request, response) => {
  const [path = '', query = ''] = request.url?.split('?') ?? []
  // 307 keeps the method and the body.
  if (path === '/redirect') return void response.writeHead(307, { location: query }).end()
  if (path === '/hostile-page.js') {
    return void response.writeHead(200, { 'content-type': 'text/javascript' }).end(script)
  }
  page(`<body><script type="module">
    import * as functions from '/hostile-page.js'
    Object.assign(globalThis, functions)
  </script>`)(request, response)
}

export interface Played {
  readonly trick: Trick
  readonly acts: readonly Act[]
}

/** What a page saw of the answers, and what the API got. */
export interface Outcome {
  readonly seen: unknown[]
  readonly visits: Visit[]
}

/** Plays a trick with each act in turn. */
export async function play(world: World, opened: Page, { trick, acts }: Played): Promise<Outcome> {
  const outcome: Outcome = { seen: [], visits: [] }
  for (const act of acts) {
    const first = world.visits.length
    const query = act.method === 'GET' ? `?${new URLSearchParams(Object(act.fields))}` : ''
    const url = api + act.path + query
    const sent = JSON.stringify({ ...act, url })
    outcome.seen.push(await opened.evaluate(`(async (act) => ${trick.script})(${sent})`))
    const hasCome = () => [trick.name, url, world.visits.length > first]
    await until(() => expect(hasCome()).toEqual([trick.name, url, true]))
    if (trick.page === 'leaves') {
      await opened.waitForURL(url)
      await opened.goBack()
    }
    outcome.visits.push(...world.visits.slice(first))
  }
  return outcome
}
