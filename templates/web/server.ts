import { globSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** What serves these pages: `nodeServer(web(…))`. */
export interface Web {
  fetch(request: Request): Response
}

interface WebOptions {
  readonly apiOrigin: string
  /** Where the browser keeps the session: `token` in `localStorage`, `cookie` where no script can read it. */
  readonly session?: 'token' | 'cookie'
}

/**
 * Serves the front end that `build.ts` made. Any static file server can do the same: every path that is not a
 * file gets `index.html`, with its two placeholders replaced.
 *
 * @throws RangeError for an invalid origin
 */
export function web({ apiOrigin, session = 'token' }: WebOptions): Web {
  requireOrigin(apiOrigin)
  const standing = securityHeaders(apiOrigin)
  const { page, files } = readBuild((html) =>
    html.replace('API_ORIGIN', apiOrigin).replace('SESSION_PLACE', session),
  )
  return {
    fetch(request) {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return refuse(405, 'Method Not Allowed', { ...standing, allow: 'GET, HEAD' })
      }
      const { pathname } = new URL(request.url)
      // W3C, A Well-Known URL for Changing Passwords: trusted only if unknown paths beside it are not found.
      if (pathname === '/.well-known/change-password') return lead('/account', standing)
      if (pathname.startsWith('/.well-known/')) return refuse(404, 'Not Found', standing)
      const file = files.get(pathname)
      if (file) return respond(request, file, standing)
      // A request for a file of an older build must not be answered with the page.
      if (extname(pathname) !== '') return refuse(404, 'Not Found', standing)
      return respond(request, page, standing)
    },
  }
}

// SECURITY: the origin is inserted into the HTML and the policy without escaping, so this pattern allows no character
// that has a meaning there, such as the semicolon that begins another directive.
function requireOrigin(text: string): void {
  const isPlain = /^https?:\/\/(?:[\w.-]+|\[[\da-f:]+\])(?::\d+)?$/.test(text)
  if (isPlain && URL.canParse(text) && new URL(text).origin === text) return
  throw new RangeError(`${text} is not an origin like http://localhost:3000`)
}

type Headers = Readonly<Record<string, string>>

// SECURITY: the pages handle passwords and the tokens of links. They run only their own scripts, connect only to the
// API, cannot be framed, and send no referrer.
function securityHeaders(apiOrigin: string): Headers {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${apiOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
}

interface File {
  readonly headers: Headers
  readonly content: Uint8Array<ArrayBuffer>
  /** The same, gzipped. */
  readonly packed: Uint8Array<ArrayBuffer>
}

function readBuild(fill: (html: string) => string): { page: File; files: Map<string, File> } {
  const folder = join(import.meta.dirname, 'dist')
  const contents = new Map(
    globSync('**/*.*', { cwd: folder }).map((name) => [
      `/${name.replaceAll('\\', '/')}`,
      readFileSync(join(folder, name)),
    ]),
  )
  const html = contents.get('/index.html')
  if (!html) throw new Error('There is no dist/index.html: build the front end first')
  const page = prepare('/index.html', Buffer.from(fill(html.toString())))
  const files = new Map([...contents].map(([path, content]) => [path, prepare(path, content)]))
  return { page, files: files.set('/index.html', page) }
}

const types: Partial<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

function prepare(path: string, content: Buffer): File {
  // The names of built files change with their content.
  const isForGood = path.startsWith('/assets/')
  return {
    content: new Uint8Array(content),
    packed: new Uint8Array(gzipSync(content, { level: 9 })),
    headers: {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'cache-control': isForGood ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'Accept-Encoding',
    },
  }
}

function respond(
  request: Request,
  { content, packed, headers }: File,
  standing: Headers,
): Response {
  const isPacked = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
  const encoding = isPacked ? { 'content-encoding': 'gzip' } : {}
  const body = isPacked ? packed : content
  return new Response(request.method === 'HEAD' ? null : body, {
    headers: { ...standing, ...headers, ...encoding },
  })
}

function lead(path: string, headers: Headers): Response {
  return new Response(null, { status: 302, headers: { ...headers, location: path } })
}

function refuse(status: number, message: string, headers: Headers): Response {
  const plain = { ...headers, 'content-type': 'text/plain; charset=utf-8' }
  return new Response(`${message}\n`, { status, headers: plain })
}
