// The bench's own instruments: what they say has to be true before it can be quoted.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createApp, nodeServer } from 'latchkey/server'
import { expect, onTestFinished, test } from 'vitest'
import type { LoadOrder, LoadResult } from '../benchmarks/load.ts'
import { median, ratios } from '../benchmarks/statistics.ts'
import { routes } from '../templates/api/routes.ts'
import { signUp, startServer, temporaryFolder } from './harness.ts'

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

test('a median is the one in the middle, or between the two', () => {
  expect(median([3, 100, 1])).toBe(3)
  expect(median([4, 1, 2, 100])).toBe(3)
  expect(median([])).toBeNaN()
})

test('a ratio is between two values of the same round', () => {
  expect(ratios([10, 30], [5, 60])).toEqual([2, 0.5])
  expect(ratios([10], [])).toEqual([Number.NaN])
})

async function prepare(authorization: string) {
  const { auth, database, ...server } = await startServer()
  const token = await signUp({ auth, database, ...server })
  const http = nodeServer(createApp(auth, { routes: routes(database) }))
  let served = 0
  http.on('request', (_request, response) => response.on('finish', () => served++))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => {
    http.close()
    http.closeAllConnections()
  })
  const head = ['GET /v1/projects HTTP/1.1', 'Host: localhost', authorization, '', '']
  const file = join(temporaryFolder(), 'requests.json')
  writeFileSync(file, JSON.stringify([head.join('\r\n').replace('TOKEN', token)]))
  const { port } = http.address() as AddressInfo
  return { port, file, served: () => served }
}

async function load(order: LoadOrder): Promise<LoadResult> {
  const child: ChildProcess = fork('benchmarks/load.ts', { execArgv: [] })
  onTestFinished(() => void child.kill())
  const answered = once(child, 'message')
  child.send(order)
  const [result] = await answered
  return result
}
