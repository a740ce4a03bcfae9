import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Reply } from './client.ts'
import type { World } from './world.ts'

/** Somebody who holds a session that lives and one that is over, and asks for both all the time. */
export interface Witness {
  /** The statuses that each was answered with since it was asked last, in their order. */
  statuses(): {
    readonly living: readonly number[]
    readonly dead: readonly number[]
    readonly writing: readonly number[]
  }
  /** The longest time that an answer took, in milliseconds, since it was asked last. */
  longest(): number
  stop(): Promise<void>
}

const witnessPassword = 'horse of a witness'

/** Asks five times a second: for what lives, for what is over, and for a project to be written. */
export async function callWitness(world: World, pauseMilliseconds = 200): Promise<Witness> {
  const person = { email_address: `witness-${Date.now()}@example.com`, password: witnessPassword }
  const living = tokenIn(await world.send('POST /v1/registrations', { body: person }))
  const dead = tokenIn(await world.send('POST /v1/session', { body: person }))
  expect((await world.send('DELETE /v1/session', { token: dead })).status).toBe(200)
  const seen = { living: new Set<number>(), dead: new Set<number>(), writing: new Set<number>() }
  let longest = 0
  let isOver = false
  const ask = async (kind: keyof typeof seen, asked: Promise<Reply>) => {
    const { status, start, end } = await asked
    seen[kind].add(status)
    longest = Math.max(longest, end - start)
  }
  const round = async () => {
    const project = { token: living, body: { title: 'Seen' } }
    await Promise.all([
      ask('living', world.send('GET /v1/session', { token: living })),
      ask('dead', world.send('GET /v1/session', { token: dead })),
      ask('writing', world.send('POST /v1/projects', project)),
    ])
  }
  const running = (async () => {
    while (!isOver) {
      await round()
      await wait(pauseMilliseconds)
    }
  })()
  const take = (kind: keyof typeof seen) => {
    const statuses = [...seen[kind]].sort()
    seen[kind].clear()
    return statuses
  }
  return {
    statuses: () => ({ living: take('living'), dead: take('dead'), writing: take('writing') }),
    longest() {
      const was = longest
      longest = 0
      return was
    },
    async stop() {
      isOver = true
      await running
    },
  }
}

function tokenIn({ body }: Reply): string {
  expect(body.token).toEqual(expect.any(String))
  return String(body.token)
}
