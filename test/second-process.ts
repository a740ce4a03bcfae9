import { type Reply, read } from './harness.ts'
import { type Probe, startProbe } from './probed-process.ts'

/** A server in its own process, which reports its hashes and mails, and waits at a given step. */
export interface ProbedServer extends Probe {
  send(line: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
}

/** Starts such a server on a migrated database. */
export async function startProbedServer(
  databaseUrl: string,
  variables: Readonly<Record<string, string>>,
  ...waitsAt: string[]
): Promise<ProbedServer> {
  const own = { DATABASE_URL: databaseUrl, ...variables }
  const probe = await startProbe('test/probed-server.ts', { args: waitsAt, variables: own })
  const [port] = (await probe.reached('listening ')).split(' ').reverse()
  const send: ProbedServer['send'] = async (line, body, headers = {}) => {
    const [method = 'GET', path = '/'] = line.split(' ')
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const asked = { method, headers: { ...json, ...headers }, ...sent }
    return read(await fetch(`http://127.0.0.1:${port}${path}`, asked))
  }
  return { ...probe, send }
}
