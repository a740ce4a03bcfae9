// The cost of a check in a server: the difference to the same server without a check.
import { names, type Peer } from './peers.ts'
import { costs, type Samples } from './samples.ts'
import { median, medianShare, ratios } from './statistics.ts'
import { atMost, type Line } from './verdicts.ts'

type Way = readonly [checked: string, opened: string]

const opaque: Way = [names.latchkey, names.latchkeyOpen]
const hs256: Way = [names.jwt, names.fastifyOpen]
const es256: Way = [names.joseEs256, names.fastifyOpen]

// By what is checked: the server that checks it, and the one that does not.
const waysIn = new Map<string, Way>([
  ['opaque token, Latchkey', opaque],
  ['cookie, Latchkey', [names.latchkeyCookie, names.latchkeyOpen]],
  ['JWT, @fastify/jwt HS256', hs256],
  ['JWT, jose ES256', es256],
  ['JWT, jose EdDSA', [names.joseEdDsa, names.fastifyOpen]],
  ['access token, latchkey/resource-server', [names.resourceServer, names.fastifyOpen]],
])

/** Prints what each check costs, compared with the same server without it. */
export function printCosts(samples: Samples, peers: readonly Peer[]): void {
  const rounds = samples.get(names.latchkey)?.length
  console.log(`
What the check costs: CPU per request minus the same server without auth, medians of ${rounds}

| what is checked | less the CPU of | the check, µs | in each round, µs | against the opaque token | the header, bytes |
| --- | --- | --- | --- | --- | --- |`)
  const least = costs(samples, opaque)
  for (const [what, [checked, opened]] of waysIn) {
    const each = costs(samples, [checked, opened])
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

/** Judges the cost of a check in a server. */
export function judgeCosts(samples: Samples): Line[] {
  const against = (theirs: Way) => medianShare(costs(samples, opaque), costs(samples, theirs))
  const text = 'The check, its CPU in place against'
  return [
    { text: `${text} ${names.jwt}`, bound: atMost(0.5), measured: against(hs256), unit: '×' },
    { text: `${text} ${names.joseEs256}`, bound: atMost(0.1), measured: against(es256), unit: '×' },
  ]
}

function headerBytes(peers: readonly Peer[], name: string): number[] {
  const peer = peers.find((each) => each.name === name)
  return (peer?.fixture.credentials ?? []).map((line) => Buffer.byteLength(`${line}\r\n`))
}
