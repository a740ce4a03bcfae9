// npm run bench:postgres: Latchkey and better-auth on PostgreSQL, in turns.
import type { ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import type { Cluster } from '../test/storage/postgres-cluster.ts'
import { betterAuthAccounts, latchkeyAccounts } from './accounts.ts'
import { type Peer, production } from './peers.ts'
import { alternate, warmUpSeconds } from './postgres-alternate.ts'
import { betterAuthOnIts, latchkeyOnPostgres } from './postgres-fixture.ts'
import { commitMilliseconds, createDatabase, startPostgres } from './postgres-processes.ts'
import { judgePostgres, printPostgres } from './postgres-report.ts'
import { openStatements, type Statements, statementsLibrary } from './postgres-statements.ts'
import { startProcess, stopProcess } from './processes.ts'
import { describeMachine } from './report.ts'
import { isRead, type Kind } from './requests.ts'
import { betterAuthResetTokens, latchkeyResetTokens, resetsWithin } from './reset-tokens.ts'
import { type Server, startServer } from './server.ts'
import { betterAuthOnPostgres } from './servers/better-auth-instance.ts'
import { type Line, printVerdicts } from './verdicts.ts'

const kinds: readonly [Kind, string][] = [
  ['session', 'The check alone, 64 connections, 10,000 tokens'],
  ['check', 'GET /v1/projects, 64 connections, 10,000 tokens, three projects each'],
  ['log-in', 'Log-in, 8 connections'],
  ['sign-up', 'Sign-up, 8 connections'],
  // Last, since resets end the sessions and change the passwords that were used before.
  ['reset', 'Password reset with the link from the mail, 8 connections'],
  ['reset-request', 'Request of a password reset, 8 connections, half of the addresses known'],
]

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log('npm run bench:postgres [-- --rounds 7 --seconds 3]')
else await bench(Number(values.rounds), Number(values.seconds))

async function bench(rounds: number, seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  // PostgreSQL runs as another user, who must be able to enter the folder.
  chmodSync(folder, 0o755)
  const cluster = await startPostgres(folder, { libraries: statementsLibrary })
  const started: ChildProcess[] = []
  let statements: Statements | null = null
  try {
    const disk = await commitMilliseconds(cluster.url)
    console.log(describeMachine({ rounds, seconds, disk }))
    const servers: Server[] = []
    statements = await openStatements(cluster)
    for (const peer of await listPeers(cluster, { rounds, seconds }))
      servers.push(await startServer(peer, folder))
    started.push(...servers.map(({ child }) => child))
    const load = startProcess('load.ts', { core: 'load', log: join(folder, 'load.log') })
    started.push(load)
    const lines: Line[] = []
    for (const [kind, title] of kinds) {
      const among = isRead(kind) ? servers : servers.filter(({ peer }) => peer.accounts)
      const plan = { kind, rounds, seconds, folder, load, cluster, statements }
      const samples = await alternate(among, plan)
      printPostgres(title, samples)
      if (kind === 'session') lines.push(...judgePostgres(samples))
    }
    printVerdicts(lines)
  } finally {
    for (const child of started) await stopProcess(child)
    await statements?.close()
    await cluster.stop('immediate')
  }
  rmSync(folder, { recursive: true })
}

async function listPeers(
  cluster: Cluster,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<Peer[]> {
  const latchkey = await latchkeyOnPostgres(await createDatabase(cluster, 'latchkey'))
  const betterAuth = await betterAuthOnIts(await createDatabase(cluster, 'better_auth'))
  const resets = resetsWithin(warmUpSeconds + rounds * seconds)
  const pool = new pg.Pool({ connectionString: betterAuth.file })
  const open = (onReset: (token: string) => void) => betterAuthOnPostgres(pool, { onReset })
  const resetTokens = {
    latchkey: await latchkeyResetTokens(latchkey.file, resets),
    betterAuth: await betterAuthResetTokens(open, resets),
  }
  await pool.end()
  const on = ({ file }: { file: string }) => ({ DATABASE_URL: file })
  return [
    {
      name: 'Latchkey',
      server: '../templates/api/server.ts',
      fixture: latchkey,
      environment: { ...production, ...on(latchkey) },
      accounts: { ...latchkeyAccounts, resetTokens: resetTokens.latchkey },
    },
    {
      name: 'better-auth, bearer plugin',
      server: 'servers/better-auth-postgres.ts',
      fixture: betterAuth,
      environment: on(betterAuth),
      accounts: { ...betterAuthAccounts, resetTokens: resetTokens.betterAuth },
    },
    {
      name: 'node:http and pg, the same queries',
      server: 'servers/node-http-postgres.ts',
      fixture: latchkey,
      environment: on(latchkey),
      accounts: null,
    },
  ]
}
