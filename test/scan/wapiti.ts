// Drives wapiti over the API, over the API of development with its mailbox, and over the pages
// behind the links in mails: node bin/run.js test/scan/wapiti.ts api|development|pages FOLDER
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { nodeServer } from 'latchkey/server'
import { web } from '../../templates/web/server.ts'
import { parseDocument, requestsOf, type ScanRequest } from './requests.ts'
import { startScanServer } from './server.ts'

const [, , what, folder] = process.argv
if ((what !== 'api' && what !== 'development' && what !== 'pages') || folder === undefined) {
  console.error('usage: node bin/run.js test/scan/wapiti.ts api|development|pages FOLDER')
  process.exit(2)
}

// All that there are, but for those that fetch lists from the network (nikto, wapp) or ask a server
// on it what has called there (ssrf, xxe).
const modules = [
  ...['backup', 'blindsql', 'brute_login_form', 'buster', 'cookieflags', 'crlf', 'csp', 'csrf'],
  ...['exec', 'file', 'htaccess', 'http_headers', 'methods', 'permanentxss', 'redirect'],
  ...['shellshock', 'sql', 'xss'],
]

const startPath = '/scan'

mkdirSync(folder, { recursive: true })
const faults = what === 'pages' ? await scanPages(folder) : await scanApi(what, folder)
for (const fault of faults) console.log(fault)
process.exit(faults.length === 0 ? 0 : 1)

async function scanApi(mode: 'api' | 'development', folder: string): Promise<readonly string[]> {
  const url = `sqlite:${join(folder, `${mode}-${process.pid}.sqlite3`)}`
  const server = await startScanServer(url, {
    mode: mode === 'api' ? 'production' : mode,
    signUp: 'open',
  })
  const document = await (await fetch(`${server.origin}/openapi.json`)).text()
  const requests = requestsOf(parseDocument(document), server.fixture)
  const mailbox = mode === 'development' ? ['/dev/mailbox'] : []
  server.show(startPath, startPage(requests, mailbox))
  const { host } = new URL(server.origin)
  const origin = `http://${host.replace('127.0.0.1', 'localhost')}`
  const header = `Authorization: Bearer ${server.fixture.token}`
  await runWapiti(mode, folder, { origin, start: [startPath, ...mailbox], extra: ['-H', header] })
  console.log('answers', [...server.takeStatuses()].map((each) => each.join(' × ')).join(', '))
  await server.close()
  return server.faults
}

async function scanPages(folder: string): Promise<readonly string[]> {
  const server = nodeServer(web({ apiOrigin: 'http://localhost:3000' })).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const start = ['/reset-password', '/verify-email', '/mail-link.js', '/mail-link.css']
  await runWapiti('pages', folder, { origin: `http://localhost:${port}`, start, extra: [] })
  server.close()
  server.closeAllConnections()
  return []
}

interface Scan {
  readonly origin: string
  readonly start: readonly string[]
  readonly extra: readonly string[]
}

async function runWapiti(name: string, folder: string, { origin, start, extra }: Scan) {
  const report = join(folder, `${name}.json`)
  const args = [
    ...['-u', `${origin}/`, ...start.flatMap((path) => ['-s', origin + path])],
    ...['-m', modules.join(','), '--scope', 'domain', '-l', '2', '-S', 'insane', '-v', '1'],
    ...['--flush-session', '--store-session', join(folder, name), '--no-bugreport'],
    ...['-f', 'json', '-o', report, ...extra],
  ]
  const log = createWriteStream(join(folder, `${name}.log`))
  await once(log, 'open')
  // Nobody listens there: what it would fetch from the network, it does without.
  const env = { ...process.env, HTTPS_PROXY: 'http://127.0.0.1:9', TERM: 'dumb' }
  const child = spawn('wapiti', args, { stdio: ['ignore', log, log], env })
  await once(child, 'exit')
  log.close()
  for (const line of summarize(readFileSync(report, 'utf8'))) console.log(line)
}

interface Report {
  readonly vulnerabilities: Readonly<Record<string, readonly Found[]>>
  readonly anomalies: Readonly<Record<string, readonly Found[]>>
}

interface Found {
  readonly method: string
  readonly path: string
  readonly info: string
  /** 1 is low, 2 medium, 3 high. */
  readonly level: number
}

// Each kind once, however often it was found.
function summarize(text: string): string[] {
  const { vulnerabilities, anomalies }: Report = JSON.parse(text)
  const found = [...Object.entries(vulnerabilities), ...Object.entries(anomalies)].flatMap(
    ([kind, all]) =>
      all.map(({ info, level, method, path }) => ({ kind, info, level, method, path })),
  )
  const kinds = Map.groupBy(found, ({ kind, info, level }) => `${level} · ${kind} · ${info}`)
  const lines = [...kinds].map(([kind, all]) => {
    const places = new Set(all.map(({ method, path }) => `${method} ${path}`))
    return `${kind} · ${[...places].join(', ')}`
  })
  return lines.length > 0 ? lines.sort().reverse() : ['nothing found']
}

// wapiti reads no OpenAPI: a link for each GET, a form for each POST. It knows no other methods.
function startPage(requests: readonly ScanRequest[], more: readonly string[]): string {
  const paths = requests.filter(({ method }) => method === 'GET').map(({ path }) => path)
  const links = [...new Set([...paths.map((path) => path.replaceAll('*', '')), ...more])]
  const forms = requests.filter(({ method, name }) => method === 'POST' && name.endsWith('(form)'))
  return `<!doctype html><title>Routes</title>
${links.map((path) => `<a href="${inAttribute(path)}">GET</a>`).join('\n')}
${forms.map(form).join('\n')}
`
}

function form({ path, body }: ScanRequest): string {
  const fields = [...new URLSearchParams(body ?? '')].map(([name, value]) => {
    const type = name.startsWith('password') ? 'password' : 'text'
    return `<input type="${type}" name="${name}" value="${inAttribute(value)}">`
  })
  return `<form method="post" action="${path}">${fields.join('')}<button>POST</button></form>`
}

function inAttribute(text: string): string {
  return text.replaceAll('*', '').replaceAll('&', '&amp;').replaceAll('"', '&quot;')
}
