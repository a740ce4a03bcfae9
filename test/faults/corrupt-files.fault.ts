// CON-11: a file that is damaged, a table that is gone, another key. A server may refuse; it may not open.

import { randomBytes } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, inject, test } from 'vitest'
import { generateToken } from '../../src/core/tokens.ts'
import { temporaryFolder } from '../harness.ts'
import { createChance } from './chance.ts'
import { createClient, type Send } from './client.ts'
import { openHistory } from './history.ts'
import { startLoad } from './load.ts'
import { faultOptions } from './options.ts'
import { conclude } from './row.ts'
import { createTarget, type Target } from './target.ts'
import { openWorld } from './world.ts'

const { kills, seed } = faultOptions()
const kept = { email_address: 'kept@example.com', password: 'correct horse battery' }
const smtpUrl = 'smtp://127.0.0.1:9'

interface Seen {
  readonly outcome: 'refused' | 'served'
  readonly dead: number
  readonly unknown: number
  readonly living: number
  /** Of a log-in with a wrong password, and with the right one. */
  readonly wrong: number
  readonly right: number
}

test('with damaged pages a server refuses, or serves what is sound: it never lets anybody in', async () => {
  const { file, living, dead } = await usedFile()
  const chance = createChance(seed)
  const history = openHistory(join(temporaryFolder(), 'history.jsonl'))
  const outcomes = new Map<string, number>()
  for (let trial = 0; trial < Math.ceil(kills / 10); trial++) {
    const copy = join(temporaryFolder(), 'app.sqlite3')
    copyFileSync(file, copy)
    // One page at first, and then more and more of them.
    const pages = 1 + trial * 4
    const places = Array.from({ length: pages }, () => chance.below(statSync(copy).size / 4_096))
    for (const place of places) damage(copy, { offset: place * 4_096, bytes: 4_096 })
    const { outcome, ...statuses } = await look(`sqlite:${copy}`, { living, dead })
    expect([places, statuses.dead === 200, statuses.unknown === 200]).toEqual([
      places,
      false,
      false,
    ])
    const point = `${outcome}, ${Object.values(statuses)}`
    outcomes.set(point, (outcomes.get(point) ?? 0) + 1)
    const at = history.now()
    history.append({ type: 'fault', name: 'corrupt', at, point: String(places), recoveredAfter: 0 })
  }
  console.log('living, dead, unknown, wrong password, right password', Object.fromEntries(outcomes))
  conclude('corrupt pages', inject('database'), history.entries)
})

test.each(['sessions', 'users', 'outbox', 'guard_counts', 'events'])(
  'without the table %s no server starts',
  async (table) => {
    const { file, living, dead } = await usedFile()
    const database = new DatabaseSync(file)
    database.exec(`PRAGMA foreign_keys = OFF; DROP TABLE ${table}`)
    database.close()
    const seen = await look(`sqlite:${file}`, { living, dead })
    console.log(`without ${table}: ${JSON.stringify(seen)}`)
    expect(seen.outcome).toBe('refused')
  },
)

test('with a log that is damaged a server serves what was before it, and no token or password that never was opens anything', async () => {
  const { file, living, dead } = await usedFile('killed')
  const chance = createChance(seed)
  const [frame, header] = [4_096 + 24, 32]
  const frames = Math.floor((statSync(`${file}-wal`).size - header) / frame)
  expect(frames).toBeGreaterThan(2)
  const nth = (place: number) => header + place * frame
  const damages: Record<string, (wal: string) => void> = {
    'nothing is damaged': () => {},
    'its header': (wal) => damage(wal, { offset: 0, bytes: header }),
    'the header of a frame': (wal) =>
      damage(wal, { offset: nth(chance.below(frames)), bytes: frame - 4_096 }),
    'a page in the middle': (wal) =>
      damage(wal, { offset: nth(chance.below(frames)) + 24, bytes: 4_096 }),
    'its last frame is torn': (wal) => truncateSync(wal, nth(frames) - 2_000),
    'it is empty': (wal) => truncateSync(wal, 0),
    'it is gone': (wal) => rmSync(wal),
    'all of it is noise': (wal) => damage(wal, { offset: 0, bytes: statSync(wal).size }),
  }
  for (const [name, spoil] of Object.entries(damages)) {
    const copy = join(temporaryFolder(), 'app.sqlite3')
    copyFileSync(file, copy)
    copyFileSync(`${file}-wal`, `${copy}-wal`)
    spoil(`${copy}-wal`)
    const seen = await look(`sqlite:${copy}`, { living, dead })
    console.log(`${name}: ${JSON.stringify(seen)}`)
    // What stood in the frames that are lost is undone with them, a log-out too: SQLite cannot tell them from
    // what was never written. Nothing else may open.
    expect([name, seen.unknown === 200, seen.wrong === 200]).toEqual([name, false, false])
    if (name === 'nothing is damaged') expect([seen.living, seen.dead]).toEqual([200, 401])
  }
})

test('a server with another key signs nothing with the old one, and serves the rest', async () => {
  const file = join(temporaryFolder(), 'app.sqlite3')
  const statuses: number[] = []
  const keys = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64'))
  let token = ''
  for (const key of [keys[0] ?? '', keys[1] ?? '']) {
    const variables = { KEY_ENCRYPTION_KEY: key, ACCESS_TOKEN_AUDIENCES: 'billing' }
    const target = await createTarget({
      databaseUrl: `sqlite:${file}`,
      smtpUrl,
      processes: 1,
      variables,
    })
    await target.start()
    const isUp = await isServing(target)
    if (isUp) {
      const send = clientOf(target)
      const body = { email_address: 'ann@example.com', password: 'correct horse battery' }
      if (token === '') token = String((await send('POST /v1/registrations', { body })).body.token)
      const asked = { token, body: { audience: 'billing' } }
      statuses.push((await send('POST /v1/access_tokens', asked)).status)
      statuses.push((await send('GET /v1/session', { token })).status)
      console.log(target.faults.at(-1) ?? 'nothing said')
    } else console.log(`refused: ${target.faults.at(-1)}`)
    await target.stop()
  }
  console.log(`right key, then another: ${statuses}`)
  expect(statuses.slice(0, 2)).toEqual([200, 200])
  expect(statuses[2]).not.toBe(200)
})

/** A file that some people have used, with a token that lives and one that is over. */
async function usedFile(end: 'stopped' | 'killed' = 'stopped') {
  const file = join(temporaryFolder(), 'app.sqlite3')
  const world = await openWorld({ databaseUrl: `sqlite:${file}` })
  await world.target.start()
  await world.target.ready()
  const load = startLoad(world, { lanes: 4, seed, thinkMilliseconds: 10 })
  await wait(5_000)
  await load.stop()
  const living = String((await world.send('POST /v1/registrations', { body: kept })).body.token)
  const dead = String((await world.send('POST /v1/session', { body: kept })).body.token)
  await world.send('DELETE /v1/session', { token: dead })
  if (end === 'stopped') expect(await world.target.stop()).toBe(0)
  else {
    world.target.signal('SIGKILL')
    await world.target.ended()
  }
  return { file, living, dead }
}

function damage(file: string, { offset, bytes }: { offset: number; bytes: number }): void {
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, randomBytes(bytes), 0, bytes, offset)
  closeSync(descriptor)
}

async function look(
  databaseUrl: string,
  { living, dead }: { living: string; dead: string },
): Promise<Seen> {
  const target = await createTarget({ databaseUrl, smtpUrl, processes: 1 })
  await target.start()
  if (!(await isServing(target))) {
    // It says why.
    expect(target.faults.join('')).not.toBe('')
    return { outcome: 'refused', living: 0, dead: 0, unknown: 0, wrong: 0, right: 0 }
  }
  const send = clientOf(target)
  const statusOf = async (token: string) => (await send('GET /v1/session', { token })).status
  const unknown = generateToken('session', randomBytes).token.reveal()
  const seen = { living: await statusOf(living), dead: await statusOf(dead) }
  const logIn = async (password: string) =>
    (await send('POST /v1/session', { body: { ...kept, password } })).status
  const tried = { wrong: await logIn('wrong horse battery'), right: await logIn(kept.password) }
  const all: Seen = { outcome: 'served', ...seen, unknown: await statusOf(unknown), ...tried }
  target.signal('SIGKILL')
  await target.ended()
  return all
}

async function isServing(target: Target): Promise<boolean> {
  const ended = target.ended().then(() => false)
  const isListening = async () => {
    for (;;) {
      const answer = await fetch(`${target.origin}/health/live`).catch(() => null)
      if (answer?.status === 200) return true
      await wait(50)
    }
  }
  return Promise.race([ended, isListening()])
}

function clientOf({ origin }: Target): Send {
  return createClient(origin, openHistory(join(temporaryFolder(), 'history.jsonl')))
}
