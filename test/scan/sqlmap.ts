// Drives sqlmap over every operation of the OpenAPI document, and says what it found in which
// parameter: node bin/run.js test/scan/sqlmap.ts sqlite|postgres FOLDER [PATTERN], where the last says
// which operations alone, such as 'PATCH /v1/projects' or 'form'. SIGN_UP=confirm scans that.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clusterFolder, findBinaries, startCluster } from '../storage/postgres-cluster.ts'
import { type Parameter, parseDocument, requestsOf, type ScanRequest } from './requests.ts'
import { type ScanServer, startScanServer } from './server.ts'
import { type Finding, findingOf, row } from './verdicts.ts'

const [, , kind, folder, pattern = ''] = process.argv
if ((kind !== 'sqlite' && kind !== 'postgres') || folder === undefined) {
  console.error('usage: node bin/run.js test/scan/sqlmap.ts sqlite|postgres FOLDER [PATTERN]')
  process.exit(2)
}

// Payloads that are refused are no reason to end; what is 500 is.
const refusals = '400,401,403,404,405,413,415,422'
const dbms = { sqlite: 'sqlite', postgres: 'postgresql' }[kind]
const settings = [
  ...['--batch', '--ignore-stdin', '--disable-coloring', '--flush-session', '--skip-waf'],
  ...['--level=3', '--risk=2', '--technique=BEUSTQ', '--threads=2', '--keep-alive'],
  ...[`--dbms=${dbms}`, `--ignore-code=${refusals}`, '--answers=keep testing=Y'],
]

const signUp = process.env.SIGN_UP === 'confirm' ? 'confirm' : 'open'
mkdirSync(folder, { recursive: true })
const { url, remove } = await openFor(kind, folder)
const server = await startScanServer(url, { mode: 'production', signUp })
const findings: Finding[] = []
for (const [index, request] of (await readRequests(server)).entries()) {
  const log = join(folder, `${kind}-${String(index + 1).padStart(2, '0')}.log`)
  server.takeStatuses()
  await runSqlmap(request, log)
  const finding = findingOf(request, {
    log: readFileSync(log, 'utf8'),
    statuses: server.takeStatuses(),
  })
  findings.push(finding)
  console.log(row(finding))
}
const sum = (of: (finding: Finding) => number) => findings.reduce((all, each) => all + of(each), 0)
const parameters = findings.flatMap(({ verdicts }) => [...verdicts.values()])
const clean = parameters.filter((verdict) => verdict === 'not injectable').length
const broken = sum(({ faults }) => faults)
console.log(`
${findings.length} requests, ${parameters.length} parameters, ${clean} of them not injectable;
${sum(({ requests }) => requests)} requests made, ${broken} answered with 5xx`)
// The first say enough: whoever finds one way in finds a hundred faults.
for (const fault of server.faults.slice(0, 5)) console.log(fault)
await server.close()
await remove()
process.exit(clean === parameters.length && broken + server.faults.length === 0 ? 0 : 1)

async function openFor(kind: 'sqlite' | 'postgres', folder: string) {
  if (kind === 'sqlite') {
    const path = join(folder, `scan-${process.pid}.sqlite3`)
    return { url: `sqlite:${path}`, remove: async () => {} }
  }
  const own = clusterFolder()
  const cluster = await startCluster({ binaries: findBinaries(own.path), folder: own.path })
  const remove = async () => {
    await cluster.stop()
    own.remove()
  }
  return { url: cluster.url, remove }
}

async function readRequests({ origin, fixture }: ScanServer): Promise<ScanRequest[]> {
  const response = await fetch(`${origin}/openapi.json`)
  const requests = requestsOf(parseDocument(await response.text()), fixture)
  return requests.filter(({ name }) => new RegExp(pattern).test(name))
}

async function runSqlmap(request: ScanRequest, log: string): Promise<void> {
  const file = log.replace('.log', '.http')
  writeFileSync(file, asText(request, new URL(server.origin).host))
  const named = request.parameters
    .map(nameFor)
    .filter((name) => name !== null)
    .join(',')
  const args = [...settings, '-r', file, '-p', named, `--output-dir=${log.replace('.log', '')}`]
  const output = createWriteStream(log)
  await once(output, 'open')
  const child = spawn('sqlmap', args, {
    stdio: ['ignore', output, output],
    env: { ...process.env, TERM: 'dumb' },
  })
  await once(child, 'exit')
  output.close()
}

function asText({ method, path, headers, body }: ScanRequest, host: string): string {
  const lines = Object.entries({ Host: host, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  return [`${method} ${path} HTTP/1.1`, ...lines, '', body ?? ''].join('\r\n')
}

// Named, since sqlmap passes by what is called a token, and by these two headers beside marks, unless
// it is told otherwise. The name of another header would make it forget those that are marked.
function nameFor({ name, place }: Parameter): string | null {
  const isMarked = place === 'header' && name !== 'User-Agent' && name !== 'Referer'
  return isMarked ? null : name.toLowerCase()
}
