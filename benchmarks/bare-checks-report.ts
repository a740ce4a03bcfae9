// Starts the measurement of bare checks, prints it and judges it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BareCosts, BareOrder, BareWay } from './bare-checks.ts'
import type { Fixture, Fixtures } from './peers.ts'
import { hear, startProcess, stopProcess } from './processes.ts'
import { median, medianShare } from './statistics.ts'
import { atMost, type Line } from './verdicts.ts'

interface Plan extends Pick<BareOrder, 'rounds' | 'seconds'> {
  readonly folder: string
}

export async function measureBare(
  { latchkey, jwt, jose: { ES256 } }: Fixtures,
  { folder, ...size }: Plan,
): Promise<BareCosts[]> {
  const tokens = { opaque: tokensOf(latchkey), hs256: tokensOf(jwt), es256: tokensOf(ES256) }
  const order: BareOrder = { ...size, tokens, publicKey: ES256.publicKey }
  const told = join(folder, 'bare-checks.json')
  writeFileSync(told, JSON.stringify(order))
  const child = startProcess('bare-checks.ts', {
    core: 'server',
    args: [told],
    environment: { DATABASE_FILE: latchkey.file },
    log: join(folder, 'bare-checks.log'),
  })
  try {
    return await hear(child)
  } finally {
    await stopProcess(child)
  }
}

function tokensOf({ credentials }: Fixture): string[] {
  return credentials.map((line) => line.split(' ').at(-1) ?? '')
}

const texts: Record<BareWay, string> = {
  opaque: 'opaque token, `auth.authenticate`',
  hs256: 'JWT, `app.jwt.verify` of @fastify/jwt, HS256',
  es256: 'JWT, `jwtVerify` of jose, ES256',
}

export function printBare(measured: readonly BareCosts[]): void {
  console.log(`
The check by itself, in the process: CPU of each, medians of ${measured[0]?.microseconds.length}

| what is checked | one in a turn of the event loop, µs | the opaque token against it | 64 in a turn, µs | the opaque token against it |
| --- | --- | --- | --- | --- |`)
  for (const way of Object.keys(texts) as BareWay[]) {
    const columns = [1, 64].flatMap((together) => [
      median(find(measured, { way, together })).toFixed(1),
      `${share(measured, { way, together }).toFixed(2)} ×`,
    ])
    console.log(`| ${[texts[way], ...columns].join(' | ')} |`)
  }
}

/** The bounds are those of a check in a server, which takes more than this. */
export function judgeBare(measured: readonly BareCosts[]): Line[] {
  const line = (way: BareWay, together: number, limit: number): Line => ({
    text: `The check by itself, ${together} in a turn, its CPU against ${texts[way]}`,
    bound: atMost(limit),
    measured: share(measured, { way, together }),
    unit: '×',
  })
  return [1, 64].flatMap((together) => [line('hs256', together, 0.5), line('es256', together, 0.1)])
}

type Of = Pick<BareCosts, 'way' | 'together'>

function share(measured: readonly BareCosts[], { way, together }: Of): number {
  const ours = find(measured, { way: 'opaque', together })
  return medianShare(ours, find(measured, { way, together }))
}

function find(measured: readonly BareCosts[], { way, together }: Of): readonly number[] {
  const found = measured.find((each) => each.way === way && each.together === together)
  return found?.microseconds ?? []
}
