// npm run bench: every server on one core, the load on the other, in turns.
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Issuer, startIssuer } from './access-token-fixture.ts'
import { alternate } from './alternate.ts'
import { commitMilliseconds } from './disk.ts'
import { betterAuthFixture, latchkeyFixture } from './fixture.ts'
import { joseFixture, jwtFixture } from './jwt-fixture.ts'
import { type Fixture, listPeers, type Peer } from './peers.ts'
import { startProcess, stopProcess } from './processes.ts'
import { describeMachine, printAccounts, printChecks, printCosts } from './report.ts'
import type { Kind } from './requests.ts'
import { type Server, startServer } from './server.ts'

const usage = `npm run bench [-- --rounds 7 --seconds 3]

Starts Latchkey and its peers, loads one after another, and prints the medians of the rounds.`

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(usage)
else await bench(Number(values.rounds), Number(values.seconds))

async function bench(rounds: number, seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  const started: ChildProcess[] = []
  let issuer: Issuer | null = null
  try {
    console.log(describeMachine({ rounds, seconds, disk: commitMilliseconds(folder) }))
    const latchkey = await latchkeyFixture(folder)
    issuer = await startIssuer(latchkey, folder)
    started.push(issuer.child)
    const servers = []
    for (const peer of await prepare(latchkey, { issuer, folder })) {
      const server = await startServer(peer, folder)
      started.push(server.child)
      servers.push(server)
    }
    const load = startProcess('load.ts', { core: 'load', log: join(folder, 'load.log') })
    started.push(load)
    const run = (kind: Kind, among: readonly Server[]) =>
      alternate(among, { kind, rounds, seconds, folder, load })
    const checks = await run('check', servers)
    printChecks(checks)
    printCosts(
      checks,
      servers.map(({ peer }) => peer),
    )
    const withAccounts = servers.filter(({ peer }) => peer.accounts)
    printAccounts('Log-in', await run('log-in', withAccounts))
    printAccounts('Sign-up', await run('sign-up', withAccounts))
  } catch (error) {
    console.error(`What the processes said is in ${folder}`)
    throw error
  } finally {
    for (const child of started) await stopProcess(child)
    await issuer?.close()
  }
  rmSync(folder, { recursive: true })
}

async function prepare(
  latchkey: Fixture,
  { issuer, folder }: { issuer: Issuer; folder: string },
): Promise<Peer[]> {
  const cacheFile = join(folder, 'cache.json')
  return listPeers({
    latchkey,
    jwt: jwtFixture(latchkey),
    jose: {
      ES256: await joseFixture(latchkey, 'ES256'),
      EdDSA: await joseFixture(latchkey, 'EdDSA'),
    },
    accessTokens: issuer,
    betterAuth: await betterAuthFixture(folder, { cacheFile: null }),
    betterAuthCached: { ...(await betterAuthFixture(folder, { cacheFile })), cacheFile },
  })
}
