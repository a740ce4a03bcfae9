// Bare checks: in one process, in turns, without a server. The cost of a check in a server is a difference between two
// servers, and varies with both.
import { readFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import jwt from '@fastify/jwt'
import fastify from 'fastify'
import { importJWK, jwtVerify } from 'jose'
import { secret } from './servers/environment.ts'
import { openAuth } from './servers/mounted-auth.ts'

/** The order for this process, in the file that its argument names. */
export interface BareOrder {
  readonly tokens: Readonly<Record<'opaque' | 'hs256' | 'es256', readonly string[]>>
  /** A JWK with its `alg`, as JSON. */
  readonly publicKey: string
  readonly rounds: number
  readonly seconds: number
}

/** Microseconds of processor time for one check, in each round. */
export interface BareCosts {
  readonly way: BareWay
  /** How many checks begin in one turn of the event loop. */
  readonly together: number
  readonly microseconds: readonly number[]
}

export type BareWay = keyof BareOrder['tokens']

/** @throws Error if the token is refused */
type Check = (token: string) => Promise<void>

const sizes = [1, 64]
const nothing: Check = async () => {}
const warmUpSeconds = 2

const [file = ''] = process.argv.slice(2)
const order: BareOrder = JSON.parse(readFileSync(file, 'utf8'))
process.send?.(await measureAll(order))

async function measureAll({ tokens, publicKey, rounds, seconds }: BareOrder): Promise<BareCosts[]> {
  const checks = await openChecks(publicKey)
  const runs = Object.entries(checks).flatMap(([name, check]) =>
    sizes.map((together) => {
      const way = name as BareWay
      return { way, together, check, tokens: tokens[way], microseconds: [] as number[] }
    }),
  )
  for (let round = 0; round <= rounds; round++) {
    const first = round % runs.length
    for (const run of [...runs.slice(first), ...runs.slice(0, first)]) {
      const length = round === 0 ? warmUpSeconds : seconds
      const [empty, full] = [
        await loop(nothing, run, length / 4),
        await loop(run.check, run, length),
      ]
      if (round > 0) run.microseconds.push(full - empty)
    }
  }
  return runs.map(({ way, together, microseconds }) => ({ way, together, microseconds }))
}

async function openChecks(publicKey: string): Promise<Record<BareWay, Check>> {
  const auth = await openAuth()
  const app = fastify()
  await app.register(jwt, { secret })
  await app.ready()
  const jwk = JSON.parse(publicKey)
  const key = await importJWK(jwk)
  const algorithms = [String(jwk.alg)]
  return {
    opaque: async (token) => {
      if ((await auth.authenticate(token)) === null) throw new Error('A token was refused')
    },
    hs256: async (token) => void app.jwt.verify(token),
    es256: async (token) => void (await jwtVerify(token, key, { algorithms })),
  }
}

/** @returns microseconds of processor time for one check, in all threads */
async function loop(
  check: Check,
  { tokens, together }: { readonly tokens: readonly string[]; readonly together: number },
  seconds: number,
): Promise<number> {
  const end = performance.now() + seconds * 1_000
  const before = process.cpuUsage()
  let checked = 0
  while (performance.now() < end) {
    const some = Array.from({ length: together }, () => {
      // A stride that is coprime to the number of tokens, so that the next token is not the neighbour.
      const index = (checked++ * 7_919) % tokens.length
      return check(tokens[index] ?? '')
    })
    await Promise.all(some)
    await turn()
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / checked
}
