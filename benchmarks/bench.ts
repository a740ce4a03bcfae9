// npm run bench: every server on one core, the load on the other, in turns.
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Issuer, startIssuer } from './access-token-fixture.ts'
import { printAccounts } from './accounts-report.ts'
import { alternate } from './alternate.ts'
import { judgeBare, measureBare, printBare } from './bare-checks-report.ts'
import { printChecks } from './checks-report.ts'
import { judge, printSentences, projectsComparisons, sessionComparisons } from './comparisons.ts'
import { judgeCosts, printCosts } from './costs-report.ts'
import { commitMilliseconds } from './disk.ts'
import { listPeers, openPeers } from './peers.ts'
import { prepareLatchkey, preparePeers } from './peers-fixtures.ts'
import { startProcess, stopProcess } from './processes.ts'
import { describeMachine } from './report.ts'
import type { Kind } from './requests.ts'
import { type Server, startServer } from './server.ts'
import { type Line, printVerdicts } from './verdicts.ts'

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
    const latchkey = await prepareLatchkey(folder, { rounds, seconds })
    issuer = await startIssuer(latchkey, folder)
    started.push(issuer.child)
    const fixtures = await preparePeers({ latchkey, issuer, folder }, { rounds, seconds })
    const servers = []
    for (const peer of listPeers(fixtures)) {
      const server = await startServer(peer, folder)
      started.push(server.child)
      servers.push(server)
    }
    const load = startProcess('load.ts', { core: 'load', log: join(folder, 'load.log') })
    started.push(load)
    const run = (kind: Kind, among: readonly Server[]) =>
      alternate(among, { kind, rounds, seconds, folder, load })
    const lines = await measureChecks(servers, run)
    const bare = await measureBare(fixtures, { rounds, seconds, folder })
    printBare(bare)
    await measureAccounts(servers, run)
    printVerdicts([...lines, ...judgeBare(bare)])
  } catch (error) {
    console.error(`What the processes said is in ${folder}`)
    throw error
  } finally {
    for (const child of started) await stopProcess(child)
    await issuer?.close()
  }
  rmSync(folder, { recursive: true })
}

type Run = (kind: Kind, among: readonly Server[]) => ReturnType<typeof alternate>

async function measureChecks(servers: readonly Server[], run: Run): Promise<Line[]> {
  const projects = await run('check', servers)
  const load = '64 connections, 10,000 tokens'
  printChecks(`GET /v1/projects, ${load}, three projects each`, projects)
  printSentences(projects, projectsComparisons)
  const session = await run(
    'session',
    servers.filter(({ peer }) => !openPeers.includes(peer.name)),
  )
  printChecks(`The check alone, GET /v1/session, ${load}`, session)
  printSentences(session, sessionComparisons)
  printCosts(
    projects,
    servers.map(({ peer }) => peer),
  )
  return [
    ...judge(projects, projectsComparisons, { asked: 'GET /v1/projects' }),
    ...judge(session, sessionComparisons, { asked: 'the check alone' }),
    ...judgeCosts(projects),
  ]
}

// Resets come last, since they end the sessions and change the passwords that were used before.
async function measureAccounts(servers: readonly Server[], run: Run): Promise<void> {
  const among = servers.filter(({ peer }) => peer.accounts)
  for (const kind of ['log-in', 'sign-up', 'reset', 'reset-request'] as const) {
    const samples = await run(kind, among)
    printAccounts(kind, samples)
    printSentences(samples, {})
  }
}
