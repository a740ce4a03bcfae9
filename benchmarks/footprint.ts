// npm run bench:footprint: what a server costs before its first request, and how much it grows.
import { type ChildProcess, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startInTurns } from './cold-start.ts'
import { compileServers } from './compiled-servers.ts'
import { betterAuthFixture, latchkeyFixture } from './fixture.ts'
import { type Footprint, printFootprints, printStarts, printVerdicts } from './footprint-report.ts'
import { jwtFixture } from './jwt-fixture.ts'
import { manySessions } from './many-sessions.ts'
import { type Fixture, names, type Peer, production } from './peers.ts'
import { users } from './people.ts'
import { startProcess, stopProcess } from './processes.ts'
import { describeRun } from './report.ts'
import { firstRequest, writeRequests } from './requests.ts'
import { measureResident } from './resident-memory.ts'

const usage = `npm run bench:footprint [-- --starts 7 --idle 30 --requests 1000000 --sessions 10000000]
  [--only latchkey]

Builds the package, and measures it beside its peers: how long a process takes to its first answer, in
turns; how much memory it has when it was idle for so many seconds, and after so many requests. Latchkey is
measured once more with so many sessions, which take 4 GB in the folder for temporary files. The peers, most
of all better-auth, take most of the time: --only latchkey leaves them out.`

const { values } = parseArgs({
  options: {
    starts: { type: 'string', default: '7' },
    idle: { type: 'string', default: '30' },
    requests: { type: 'string', default: '1000000' },
    sessions: { type: 'string', default: '10000000' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(usage)
else {
  const [starts, idleSeconds] = [Number(values.starts), Number(values.idle)]
  const [requests, sessions] = [Number(values.requests), Number(values.sessions)]
  await bench({ starts, idleSeconds, requests, sessions })
}

interface Size {
  readonly starts: number
  readonly idleSeconds: number
  readonly requests: number
  readonly sessions: number
}

async function bench({ starts, idleSeconds, requests, sessions }: Size): Promise<void> {
  execFileSync(process.execPath, [join(import.meta.dirname, '..', 'bin', 'build.ts')], {
    cwd: join(import.meta.dirname, '..'),
    stdio: ['ignore', 2, 2],
  })
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  const loads: ChildProcess[] = []
  try {
    console.log(describeRun())
    const all = await listPeers(folder)
    const peers = values.only === 'latchkey' ? all.slice(0, 1) : all
    const [latchkey] = peers
    const files = new Map(peers.map((peer) => [peer.name, writeRequests(peer, 'check', folder)]))
    const fileOf = ({ name }: Peer) => files.get(name) ?? ''
    const requestTo = (peer: Peer) => firstRequest(fileOf(peer))
    const started = await startInTurns(peers, { starts, folder, requestTo })
    printStarts(started)
    const measure = async (peer: Peer, held: { file: string; sessions: number }) => {
      // Each has its own load process, which keeps the requests that it has read.
      const load = startProcess('load.ts', { core: 'load', log: join(folder, 'load.log') })
      loads.push(load)
      const plan = { idleSeconds, requests, file: held.file, folder, load }
      const resident = await measureResident(peer, plan)
      await stopProcess(load)
      return { name: peer.name, sessions: held.sessions, ...resident }
    }
    const few: Footprint[] = []
    for (const peer of peers) few.push(await measure(peer, { file: fileOf(peer), sessions: users }))
    if (!latchkey) throw new Error('There is nobody to measure')
    const crowded = { ...latchkey, fixture: await manySessions(folder, sessions) }
    const many = await measure(crowded, {
      file: writeRequests(crowded, 'check', folder),
      sessions,
    })
    printFootprints([...few, many], { requests, idleSeconds })
    const [ours] = few
    if (ours) printVerdicts(started.get(names.latchkey) ?? [], [ours, many])
  } catch (error) {
    console.error(`What the processes said is in ${folder}`)
    throw error
  } finally {
    for (const load of loads) await stopProcess(load)
  }
  rmSync(folder, { recursive: true })
}

async function listPeers(folder: string): Promise<Peer[]> {
  const compiled = compileServers(join(folder, 'compiled'))
  const ours = await latchkeyFixture(folder)
  const betterAuth = await betterAuthFixture(folder, { cacheFile: null })
  const peer = (name: string, server: string, fixture: Fixture): Peer => ({
    ...{ name, server: compiled(server), of: 'dist', fixture },
    ...{ environment: name === names.latchkey ? production : {}, accounts: null },
  })
  return [
    peer(names.latchkey, '../templates/api/server.ts', ours),
    peer(names.nodeHttp, 'servers/node-http.ts', ours),
    peer(names.jwt, 'servers/fastify-jwt.ts', jwtFixture(ours)),
    peer(names.betterAuth, 'servers/better-auth.ts', betterAuth),
  ]
}
