// CON-12: a steady load for long, with the sweeper on. What a server uses does not grow.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, inject, test } from 'vitest'
import { emptyDatabaseUrl } from '../harness.ts'
import { lookAtAll, startLoad } from './load.ts'
import { faultOptions } from './options.ts'
import { conclude } from './row.ts'
import { openWorld, untilMailed, type World } from './world.ts'

const { soakMinutes, seed } = faultOptions()

interface Sample {
  readonly mebibytes: number
  readonly descriptors: number
  readonly p99: number
  readonly operations: number
  readonly databaseMebibytes: number
}

test('under a steady load memory, descriptors and the time of an answer stay where they are', async () => {
  const databaseUrl = await emptyDatabaseUrl()
  const world = await openWorld({ databaseUrl })
  await world.target.start()
  await world.target.ready()
  const load = startLoad(world, { lanes: 6, seed, thinkMilliseconds: 100 })
  const samples: Sample[] = []
  // Twenty, however long it takes.
  for (let count = 0; count < 20; count++) {
    const from = world.history.entries.length
    await wait((soakMinutes * 60_000) / 20)
    samples.push(sample(world, from, databaseUrl))
    console.log(describe(samples.at(-1)))
  }
  await load.stop()
  await untilMailed(world, 60)
  await lookAtAll(load.people)
  const at = world.history.now()
  const point = `${soakMinutes} minutes`
  world.history.append({ type: 'fault', name: 'soak', at, point, recoveredAfter: 0 })
  const { duplicates } = conclude(
    `soak, ${soakMinutes} min`,
    inject('database'),
    world.history.entries,
  )
  expect(duplicates).toBe(0)
  // The first quarter is spent on filling caches and compiling.
  const settled = samples.slice(5, 10)
  const end = samples.slice(15)
  expect(median(end, 'descriptors')).toBeLessThanOrEqual(median(settled, 'descriptors') + 5)
  expect(median(end, 'mebibytes')).toBeLessThanOrEqual(median(settled, 'mebibytes') * 1.2 + 10)
  expect(median(end, 'p99')).toBeLessThanOrEqual(median(settled, 'p99') * 2 + 50)
  expect(world.target.faults).toEqual([])
})

function sample({ history, target }: World, from: number, databaseUrl: string): Sample {
  const [pid] = target.pids()
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const [, kibibytes] = /^VmRSS:\s+(\d+)/m.exec(status) ?? []
  const asked = history.entries.slice(from).filter((entry) => entry.type === 'operation')
  // Checks of a session alone: others wait for a hash.
  const checks = history.entries
    .slice(from)
    .filter((entry) => entry.type === 'observation' && entry.source === 'api')
    .map((entry) => (entry.type === 'observation' ? entry.end - entry.start : 0))
    .sort((a, b) => a - b)
  return {
    mebibytes: Math.round(Number(kibibytes) / 1_024),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    p99: checks[Math.floor(checks.length * 0.99)] ?? 0,
    operations: asked.length,
    databaseMebibytes: databaseSize(databaseUrl),
  }
}

function databaseSize(databaseUrl: string): number {
  if (!databaseUrl.startsWith('sqlite:')) return 0
  return statSync(databaseUrl.slice('sqlite:'.length)).size / 2 ** 20
}

function describe(each: Sample | undefined): string {
  if (!each) return ''
  const { mebibytes, descriptors, p99, operations, databaseMebibytes } = each
  const size = databaseMebibytes.toFixed(1)
  return `${mebibytes} MiB, ${descriptors} descriptors, p99 ${p99.toFixed(0)} ms, ${operations} operations, file ${size} MiB`
}

function median(samples: readonly Sample[], key: keyof Sample): number {
  const values = samples.map((each) => each[key]).sort((a, b) => a - b)
  return values[Math.floor(values.length / 2)] ?? 0
}
