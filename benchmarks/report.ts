// What is printed: medians, and beside them the medians of the ratios within each round.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { Sample } from './measure.ts'
import { names, type Peer } from './peers.ts'
import { isPinned } from './processes.ts'
import { median, ratios } from './statistics.ts'

type Samples = ReadonlyMap<string, readonly Sample[]>

export function describeMachine(run: { rounds: number; seconds: number; disk: number }): string {
  const { dependencies } = JSON.parse(
    readFileSync(new URL('package.json', import.meta.url), 'utf8'),
  )
  const versions = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`)
  return `${describeRun()}
${run.rounds} rounds of ${run.seconds} s for each server; the disk keeps 4 kB in ${run.disk.toFixed(2)} ms
${versions.join(', ')}`
}

export function describeRun(): string {
  const [cpu] = cpus()
  const affinity = isPinned ? 'the servers on core 0, the load on core 1' : 'not pinned to cores'
  return `${new Date().toISOString().slice(0, 10)}, commit ${commit()}, Node ${process.version}, ${cpu?.model} × ${cpus().length}, ${affinity}`
}

export function printChecks(samples: Samples): void {
  console.log(`
GET /v1/projects, 64 connections, 10,000 tokens, three projects each

| server | requests/s | CPU per request, µs | p50, ms | p99, ms | memory, MB | requests/s against Latchkey |
| --- | --- | --- | --- | --- | --- | --- |`)
  for (const [name, runs] of samples) {
    const columns = [
      middle(runs, 'perSecond').toFixed(0),
      middle(runs, 'microseconds').toFixed(1),
      middle(runs, 'p50').toFixed(2),
      middle(runs, 'p99').toFixed(2),
      middle(runs, 'megabytes').toFixed(0),
      `${against(samples, name, 'perSecond').toFixed(3)} ×`,
    ]
    console.log(`| ${[name, ...columns].join(' | ')} |`)
  }
  console.log(`
| what | measured |
| --- | --- |
| Latchkey against ${names.jwt}, requests/s | ${of(samples, names.jwt, 'perSecond')} × |
| ${names.inFastify} against ${names.jwt}, requests/s | ${between(samples, [names.inFastify, names.jwt])} × |
| ${names.inExpress} against ${names.passport}, requests/s | ${between(samples, [names.inExpress, names.passport])} × |
| Latchkey against ${names.betterAuth}, requests/s | ${of(samples, names.betterAuth, 'perSecond')} × |
| Latchkey against ${names.nodeHttp}, CPU per request | ${of(samples, names.nodeHttp, 'microseconds')} × |`)
}

/** What each way in costs more than nobody at the door does, on the same server. */
export function printCosts(samples: Samples, peers: readonly Peer[]): void {
  const rounds = samples.get(names.latchkey)?.length
  console.log(`
What the check costs: CPU per request minus the same server without auth, medians of ${rounds}

| what is checked | less the CPU of | the check, µs | in each round, µs | against the opaque token | the header, bytes |
| --- | --- | --- | --- | --- | --- |`)
  const [[opaque, latchkeyOpen] = ['', '']] = waysIn.values()
  const least = costs(samples, opaque, latchkeyOpen)
  for (const [what, [checked, opened]] of waysIn) {
    const each = costs(samples, checked, opened)
    const columns = [
      opened,
      median(each).toFixed(1),
      each.map((cost) => cost.toFixed(1)).join(', '),
      `${median(ratios(each, least)).toFixed(2)} ×`,
      median(headerBytes(peers, checked)).toFixed(0),
    ]
    console.log(`| ${[what, ...columns].join(' | ')} |`)
  }
}

// What is checked, where it is, and where nothing is.
const waysIn = new Map<string, readonly [checked: string, opened: string]>([
  ['opaque token, Latchkey', [names.latchkey, names.latchkeyOpen]],
  ['cookie, Latchkey', [names.latchkeyCookie, names.latchkeyOpen]],
  ['JWT, @fastify/jwt HS256', [names.jwt, names.fastifyOpen]],
  ['JWT, jose ES256', [names.joseEs256, names.fastifyOpen]],
  ['JWT, jose EdDSA', [names.joseEdDsa, names.fastifyOpen]],
  ['access token, latchkey/resource-server', [names.resourceServer, names.fastifyOpen]],
])

function headerBytes(peers: readonly Peer[], name: string): number[] {
  const peer = peers.find((each) => each.name === name)
  return (peer?.fixture.credentials ?? []).map((line) => Buffer.byteLength(`${line}\r\n`))
}

export function printAccounts(what: string, samples: Samples): void {
  console.log(`
${what}, 8 connections

| server | ${what.toLowerCase()}s/s | CPU each, ms | p50, ms | p99, ms |
| --- | --- | --- | --- | --- |`)
  for (const [name, runs] of samples) {
    const columns = [
      middle(runs, 'perSecond').toFixed(1),
      (middle(runs, 'microseconds') / 1_000).toFixed(2),
      middle(runs, 'p50').toFixed(1),
      middle(runs, 'p99').toFixed(1),
    ]
    console.log(`| ${[name, ...columns].join(' | ')} |`)
  }
}

function middle(runs: readonly Sample[], figure: keyof Sample): number {
  return median(runs.map((run) => run[figure]))
}

function of(samples: Samples, other: string, figure: keyof Sample): string {
  return (1 / against(samples, other, figure)).toFixed(3)
}

function between(samples: Samples, [one, other]: readonly [string, string]): string {
  const ours = series(samples, one, 'perSecond')
  return median(ratios(ours, series(samples, other, 'perSecond'))).toFixed(3)
}

function against(samples: Samples, name: string, figure: keyof Sample): number {
  return median(ratios(series(samples, name, figure), series(samples, names.latchkey, figure)))
}

function costs(samples: Samples, checked: string, opened: string): number[] {
  const without = series(samples, opened, 'microseconds')
  return series(samples, checked, 'microseconds').map(
    (each, round) => each - (without[round] ?? Number.NaN),
  )
}

function series(samples: Samples, name: string, figure: keyof Sample): number[] {
  return (samples.get(name) ?? []).map((run) => run[figure])
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}
