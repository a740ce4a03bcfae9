// CON-07: the server's clock jumps. On PostgreSQL that is also a server and a database that disagree.
import { execFile } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'
import { emptyDatabaseUrl } from '../harness.ts'
import { signUp } from './acts.ts'
import { createChance } from './chance.ts'
import { type FakedClock, fakeClock } from './faked-clock.ts'
import { lookAtAll, startLoad } from './load.ts'
import { faultOptions } from './options.ts'
import { Person } from './person.ts'
import { conclude } from './row.ts'
import { openWorld, untilMailed } from './world.ts'

const [hour, day] = [3_600, 86_400]
const { seed } = faultOptions()

// How far, and what a session that lives is answered there.
const jumps = [
  ['five minutes ahead', 300, 200],
  ['an hour ahead', hour, 200],
  ['right again', 0, 200],
  ['an hour behind', -hour, 200],
  ['a day behind', -day, 200],
  ['400 days behind', -400 * day, 401],
  ['right again, after 400 days behind', 0, 200],
  ['400 days ahead', 400 * day, 401],
  ['right again, after 400 days ahead', 0, 200],
] as const

test('whatever the clock says, what is over stays over, and no row that lives is swept', async () => {
  const clock = fakeClock()
  const databaseUrl = await emptyDatabaseUrl()
  const world = await openWorld({ databaseUrl, variables: clock.variables })
  await world.target.start()
  await world.target.ready()
  // One who logs in at each of these hours, and one who does nothing.
  const chance = createChance(seed)
  const person = new Person(world, 'ann@example.com', chance)
  const bystander = new Person(world, 'bob@example.com', chance)
  await signUp(person)
  await signUp(bystander)
  const body = { email_address: person.emailAddress, password: person.passwords[0] }
  const [living] = bystander.sessions
  const revoked = tokenIn(await world.send('POST /v1/session', { body }))
  expect((await world.send('DELETE /v1/session', { token: revoked })).status).toBe(200)
  const statusOf = async (token: string) => (await world.send('GET /v1/session', { token })).status
  const born: string[] = []
  for (const [name, seconds, status] of jumps) {
    clock.move(seconds)
    await wait(300)
    const begun = await world.send('POST /v1/session', { body })
    expect([name, begun.status]).toEqual([name, 200])
    born.push(tokenIn(begun))
    expect([name, await statusOf(living?.token ?? '')]).toEqual([name, status])
    expect([name, await statusOf(revoked)]).toEqual([name, 401])
    expect([name, await statusOf(born.at(-1) ?? '')]).toEqual([name, 200])
    // By a clock that is ahead the command deletes what is over by it, and says so in its help.
    if (seconds < 0) await sweepBy(clock, databaseUrl)
    const { sessions } = await world.tables.of(bystander.emailAddress)
    expect([name, sessions.length]).toEqual([name, 1])
    const at = world.history.now()
    world.history.append({ type: 'fault', name: 'clock', at, point: name, recoveredAfter: 0 })
  }
  // One that began while the clock was 400 days off is over as soon as it is right; no log-in of that time has
  // ended another.
  const names = jumps.map(([name]) => name)
  for (const [index, token] of born.entries()) {
    const isFarOff = /^400 days/.test(names[index] ?? '')
    expect([names[index], await statusOf(token)]).toEqual([names[index], isFarOff ? 401 : 200])
  }
  clock.move(491 * day)
  await wait(300)
  for (const token of born) expect(await statusOf(token)).toBe(401)
  conclude('clock', inject('database'), world.history.entries)
})

test('while the clock jumps back and forth by two hours, nothing is lost and nothing returns', async () => {
  const clock = fakeClock()
  const world = await openWorld({ variables: clock.variables })
  await world.target.start()
  await world.target.ready()
  const load = startLoad(world, { lanes: 4, seed })
  // Further than a mail may be due by a clock that is right: it would wait until then.
  const strobe = [2 * hour, 0, -2 * hour, 0]
  for (let count = 0; count < 200; count++) {
    clock.move(strobe[count % strobe.length] ?? 0)
    await wait(150)
  }
  clock.move(0)
  const at = world.history.now()
  await load.stop()
  await untilMailed(world, 120)
  await lookAtAll(load.people)
  const strobed = { name: 'clock', point: 'strobe', at, recoveredAfter: 0 } as const
  world.history.append({ type: 'fault', ...strobed })
  conclude('clock, back and forth', inject('database'), world.history.entries)
})

function sweepBy({ variables }: FakedClock, databaseUrl: string): Promise<unknown> {
  const args = ['--conditions=source', 'src/cli/latchkey.ts', 'sweep']
  const env = { ...process.env, ...variables, DATABASE_URL: databaseUrl }
  return promisify(execFile)(process.execPath, args, { env })
}

function tokenIn({ body }: { body: Readonly<Record<string, unknown>> }): string {
  return String(body.token)
}
