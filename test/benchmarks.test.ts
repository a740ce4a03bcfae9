// The bench's own instruments: what they say has to be true before it can be quoted.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createApp, createAuth, createStore, migrate, nodeServer } from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { curve } from '../benchmarks/curves.ts'
import {
  countSessions,
  type ExpiredSessions,
  insertExpired,
} from '../benchmarks/expired-sessions.ts'
import type { LoadOrder, LoadResult } from '../benchmarks/load.ts'
import { production } from '../benchmarks/peers.ts'
import { ownPasswordOf, stormers } from '../benchmarks/people.ts'
import { ask } from '../benchmarks/processes.ts'
import { untilRefused } from '../benchmarks/revocation/refusals.ts'
import { startServer as startBenched } from '../benchmarks/server.ts'
import { median, medianShare, percentile, ratios } from '../benchmarks/statistics.ts'
import type { SteadyOrder, SteadyResult } from '../benchmarks/steady-load.ts'
import type { StormOrder, StormResult } from '../benchmarks/storm-load.ts'
import { judgeStorms } from '../benchmarks/storm-verdicts.ts'
import { sweepByCommand, sweepByServer, watchSweep } from '../benchmarks/sweep-watch.ts'
import { atLeast, atMost, noBound, verdictOf } from '../benchmarks/verdicts.ts'
import { routes } from '../templates/api/routes.ts'
import { ann, cheapHash, signUp, signUpDirectly, startServer, temporaryFolder } from './harness.ts'

test('the load counts the answers that the server gave', async () => {
  const { port, file, served } = await prepare('Authorization: Bearer TOKEN')
  const result = await load({ port, requests: file, connections: 4, seconds: 0.3, status: 200 })
  expect(result.wrong).toBeNull()
  expect(result.answered).toBe(served())
  expect(result.answered).toBeGreaterThan(4)
  expect(result.latencies.p99).toBeGreaterThanOrEqual(result.latencies.p50)
})

test('an answer that is not the one expected makes the run worthless', async () => {
  const { port, file } = await prepare('Authorization: Bearer nope')
  const result = await load({ port, requests: file, connections: 4, seconds: 0.3, status: 200 })
  expect(result.wrong).toContain('401')
  expect(result.answered).toBe(0)
})

test('a steady load asks as often as it is told', async () => {
  const { port, file, served } = await prepare('Authorization: Bearer TOKEN')
  const order = { port, requests: file, connections: 4, seconds: 0.5, status: 200, perSecond: 100 }
  const { latencies, wrong } = await loadSteadily(order)
  expect(wrong).toBeNull()
  expect(latencies).toHaveLength(50)
  expect(served()).toBe(50)
})

test('a steady load counts from when a request was due, not from when it was sent', async () => {
  const halt = createServer((_request, response) => setTimeout(() => response.end('{}'), 100))
  const port = await listen(halt)
  const { file } = await prepare('Authorization: Bearer TOKEN')
  const order = { port, requests: file, connections: 1, seconds: 0.2, status: 200, perSecond: 20 }
  const { latencies } = await loadSteadily(order)
  // One comes each 50 ms, one is answered each 100 ms: each waits 50 ms longer than the one before.
  const waits = latencies.map((latency, index) => Math.floor((latency + 10) / 50) - index)
  expect(latencies).toHaveLength(4)
  expect(waits.every((each) => each >= 2)).toBe(true)
})

test('what is wrong makes a steady run worthless too', async () => {
  const { port, file } = await prepare('Authorization: Bearer nope')
  const order = { port, requests: file, connections: 4, seconds: 0.5, status: 200, perSecond: 100 }
  expect((await loadSteadily(order)).wrong).toContain('401')
})

test('a storm counts who is let in, and who is told when to come back', async () => {
  let asked = 0
  const busy = createServer((_request, response) => {
    if (++asked % 2 === 0) response.writeHead(503, { 'retry-after': '0' })
    response.end('{}')
  })
  const { letIn, surplus, wrong } = await comeTo(busy, { kind: 'a second', perSecond: 40 })
  expect(wrong).toBeNull()
  // The one that is due as time is up may come, and no longer counts.
  expect([20, 21]).toContain(asked)
  expect([letIn.length, surplus.length]).toEqual([10, 10])
})

test('in a storm so many come at a time, and whoever was let in comes again', async () => {
  let [under, most, asked] = [0, 0, 0]
  const slow = createServer((_request, response) => {
    asked++
    most = Math.max(most, ++under)
    setTimeout(() => {
      under--
      response.end('{}')
    }, 50)
  })
  const { letIn, wrong } = await comeTo(slow, { kind: 'at a time', clients: 3 })
  expect(wrong).toBeNull()
  expect(most).toBe(3)
  expect(letIn.length).toBeGreaterThan(3)
  // What is answered when time is up does not count.
  expect(letIn.length).toBeLessThan(asked)
})

test('who is told to come back and not when makes a storm worthless, and so does any other answer', async () => {
  const crowd = { kind: 'at a time', clients: 2 } as const
  const away = createServer((_request, response) => response.writeHead(503).end('{}'))
  expect((await comeTo(away, crowd)).wrong).toContain('503')
  const refusing = createServer((_request, response) => response.writeHead(429).end('{}'))
  const { letIn, surplus, wrong } = await comeTo(refusing, crowd)
  expect(wrong).toContain('429')
  expect([letIn, surplus]).toEqual([[], []])
})

test('those of a storm have passwords that are few enough to be tried at a time', () => {
  const passwords = new Set(Array.from({ length: stormers }, (_, index) => ownPasswordOf(index)))
  expect(passwords.size).toBe(stormers)
})

test('a storm keeps a goal, or does not, or does not say', () => {
  const calm = [1, 2, 3]
  const hit = { latencies: [2, 4, 6], letIn: [], surplus: [51], seconds: 1 }
  const alone = [{ logIns: 94, hashes: 100 }]
  const apart = [{ logIns: 95, hashes: 100 }]
  expect(judgeStorms({ idle: [calm], hit: [hit], alone, apart })).toEqual([
    expect.stringMatching(/^- Log-ins .* one core, .*: 0.94 ×, at least 0.95 ×: does not hold$/),
    expect.stringMatching(/^- Log-ins .* two cores, .*: 0.95 ×, at least 0.95 ×: holds$/),
    expect.stringMatching(/^- p99 of the checks .*: 2.00 ×, at most 2 ×: holds$/),
    expect.stringMatching(/^- p99 of the log-ins .*: 51.00 ms, at most 50 ms: does not hold$/),
  ])
  const nobody = { ...hit, surplus: [] }
  const [only, ...others] = judgeStorms({ idle: [calm], hit: [nobody], alone: [], apart: [] })
  expect(only).toContain('p99 of the checks')
  expect(others).toEqual(['- p99 of the log-ins that are told to come back: nobody was'])
})

test('a difference that noise made nothing or less says nothing', () => {
  expect(medianShare([1, 2, 3], [10, 10, 10])).toBe(0.2)
  expect(medianShare([1, -2, 3], [10, 10, 10])).toBeNaN()
  expect(medianShare([1, 2, 3], [10, 0, 10])).toBeNaN()
})

test('a curve is of all percentiles, each the median of the runs', () => {
  const runs = [1, 2, 10].map((factor) => [...Array(1_000).keys()].map((each) => each * factor))
  const { points } = curve('checks', runs)
  expect(points).toHaveLength(101)
  expect(points.at(0)).toEqual([1, 20])
  expect(points.at(-1)).toEqual([99.9, 1_998])
})

test('a sweep by the command is timed from its first row to its last, and deletes the expired', async () => {
  const { folder, expired, isLive } = await prepareExpired()
  const sweep = (all: ExpiredSessions) => sweepByCommand(all, join(folder, 'sweep.log'))
  const swept = await watchSweep(expired, { sweep, seconds: 15 })
  expect(swept.deleted).toBe(expired.rows)
  const instants = [swept.startedAt, swept.from, swept.to]
  expect(instants).toEqual(instants.toSorted((one, other) => one - other))
  expect(await isLive()).toBe(true)
})

test('a sweep by the server deletes the expired too, as often as it is asked for', async () => {
  const { folder, expired, isLive } = await prepareExpired()
  const fixture = { file: expired.file, credentials: [], renew: null }
  const peer = { name: 'Latchkey', fixture, environment: production, accounts: null }
  const file = 'servers/latchkey-sweeping.ts'
  const { child } = await startBenched({ ...peer, server: file }, folder)
  onTestFinished(() => void child.kill('SIGKILL'))
  const sweep = () => sweepByServer(child)
  expect((await watchSweep(expired, { sweep, seconds: 15 })).deleted).toBe(expired.rows)
  const more = insertExpired(expired.file, 33)
  expect((await watchSweep(more, { sweep, seconds: 15 })).deleted).toBe(33)
  expect(await isLive()).toBe(true)
})

test('what a sweep has no time for counts as not deleted, and is gone', async () => {
  const { expired, isLive } = await prepareExpired()
  const sweep = () => wait(300)
  expect((await watchSweep(expired, { sweep, seconds: 0.1 })).deleted).toBe(0)
  expect(countSessions(expired.file)).toBe(1)
  expect(await isLive()).toBe(true)
})

test('a sweep that ends before all of them are gone makes the bench worthless', async () => {
  const { expired } = await prepareExpired()
  const swept = watchSweep(expired, { sweep: async () => {}, seconds: 15 })
  await expect(swept).rejects.toThrow(`The sweep left ${expired.rows} sessions that are over`)
})

test('what is accepted after its end is counted until it is refused, and timed', async () => {
  const answers = [200, 200, 401, 200]
  const ask = async () => answers.shift() ?? 0
  const { accepted, milliseconds } = await untilRefused(ask, patience)
  expect(accepted).toBe(2)
  expect(milliseconds).toBeGreaterThan(0)
  expect(answers).toEqual([200])
})

test('what is accepted for too long, or answered in another way, makes the bench worthless', async () => {
  const ask = (status: number) => async () => status
  const tooLong = untilRefused(ask(200), { ...patience, withinSeconds: 0.05 })
  await expect(tooLong).rejects.toThrow('is accepted 0.05 s later')
  await expect(untilRefused(ask(503), patience)).rejects.toThrow('is answered with 503')
})

const patience = { everyMilliseconds: 2, withinSeconds: 10 }

test('a median is the one in the middle, or between the two', () => {
  expect(median([3, 100, 1])).toBe(3)
  expect(median([4, 1, 2, 100])).toBe(3)
  expect(median([])).toBeNaN()
})

test('a ratio is between two values of the same round', () => {
  expect(ratios([10, 30], [5, 60])).toEqual([2, 0.5])
  expect(ratios([10], [])).toEqual([Number.NaN])
})

test('a percentile is the value that such a share of all is below', () => {
  expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3)
  expect(percentile([...Array(200).keys()], 0.99)).toBe(198)
  expect(percentile([], 0.99)).toBeNaN()
})

test('a bound holds as it stands there, and what was not measured holds nothing', () => {
  const jwt = atLeast(1, { goal: 1.15 })
  const verdict = 'the bound 1 holds, the goal 1.15 does not hold'
  expect(verdictOf({ bound: jwt, measured: 1 })).toBe(verdict)
  expect(verdictOf({ bound: jwt, measured: 1.149 })).toBe(verdict)
  expect(verdictOf({ bound: atMost(0.5), measured: 0.5 })).toBe('the bound 0.5 holds')
  expect(verdictOf({ bound: atMost(0.5), measured: 0.501 })).toBe('the bound 0.5 does not hold')
  expect(verdictOf({ bound: atMost(0.5), measured: Number.NaN })).toBe(
    'the bound 0.5 does not hold',
  )
  expect(verdictOf({ bound: noBound, measured: 3 })).toBe('no bound is set')
})

test('the processor time of a server is that of all processes that share its port', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'shared.sqlite3')
  const fixture = { file, credentials: [], renew: null }
  const peer = { name: 'Latchkey', server: '../templates/api/server.ts', fixture, accounts: null }
  const environment = { ...production, WEB_CONCURRENCY: '2' }
  const { child } = await startBenched({ ...peer, environment }, folder)
  onTestFinished(() => void child.kill('SIGKILL'))
  const used = await ask<{ microseconds: number; bytes: number }>(child, {})
  const alone = Number(
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1],
  )
  // The one that watches, and at least the first of the two.
  expect(used.bytes).toBeGreaterThan(1.5 * alone * 1_024)
  expect(used.microseconds).toBeGreaterThan(0)
})

async function prepareExpired() {
  const folder = temporaryFolder()
  const file = join(folder, 'swept.sqlite3')
  const database = await openSqlite(file)
  onTestFinished(() => database.close())
  await migrate(database, [sqliteMigrations])
  const auth = createAuth({ store: createStore(database), passwordHash: cheapHash })
  const { token } = await signUpDirectly(auth, {
    emailAddress: 'ann@example.com',
    password: ann.password,
  })
  const isLive = async () => (await auth.authenticate(token)) !== null
  return { folder, expired: insertExpired(file, 200), isLive }
}

async function prepare(authorization: string) {
  const { auth, database, ...server } = await startServer()
  const token = await signUp({ auth, database, ...server })
  const http = nodeServer(createApp(auth, { routes: routes(database) }))
  let served = 0
  http.on('request', (_request, response) => response.on('finish', () => served++))
  const head = ['GET /v1/projects HTTP/1.1', 'Host: localhost', authorization, '', '']
  const file = join(temporaryFolder(), 'requests.json')
  writeFileSync(file, JSON.stringify([head.join('\r\n').replace('TOKEN', token)]))
  return { port: await listen(http), file, served: () => served }
}

async function listen(http: Server): Promise<number> {
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => {
    http.close()
    http.closeAllConnections()
  })
  return (http.address() as AddressInfo).port
}

function load(order: LoadOrder): Promise<LoadResult> {
  return tell('benchmarks/load.ts', order)
}

function loadSteadily(order: SteadyOrder): Promise<SteadyResult> {
  return tell('benchmarks/steady-load.ts', order)
}

async function comeTo(server: Server, crowd: StormOrder['crowd']): Promise<StormResult> {
  const requests = join(temporaryFolder(), 'requests.json')
  writeFileSync(requests, JSON.stringify(['GET / HTTP/1.1\r\nHost: localhost\r\n\r\n']))
  const order = { port: await listen(server), requests, crowd, leadSeconds: 0, seconds: 0.5 }
  return tell('benchmarks/storm-load.ts', order)
}

async function tell<Result>(file: string, order: LoadOrder | StormOrder): Promise<Result> {
  const child: ChildProcess = fork(file, { execArgv: [] })
  onTestFinished(() => void child.kill())
  const answered = once(child, 'message')
  child.send(order)
  const [result] = await answered
  return result
}
