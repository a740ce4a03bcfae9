import { readFileSync } from 'node:fs'

/** What serves these pages: `nodeServer(web(…))`. */
export interface Web {
  fetch(request: Request): Response
}

/**
 * The pages behind the links in mails, for as long as there is no front end: `/reset-password` and
 * `/verify-email`.
 *
 * @throws RangeError for what is no origin
 */
export function web({ apiOrigin }: { apiOrigin: string }): Web {
  requireOrigin(apiOrigin)
  const pages = new Map([
    ['/', welcome],
    ['/reset-password', speakingTo(apiOrigin, 'reset-password.html')],
    ['/verify-email', speakingTo(apiOrigin, 'verify-email.html')],
    ['/mail-link.css', { type: 'text/css', content: file('mail-link.css') }],
    ['/mail-link.js', { type: 'text/javascript', content: file('mail-link.js') }],
  ])
  const headers = securityHeaders(apiOrigin)
  return {
    fetch: ({ method, url }) => {
      if (method !== 'GET' && method !== 'HEAD') return methodNotAllowed(headers)
      const found = pages.get(new URL(url).pathname)
      const { type, content } = found ?? nothing
      return new Response(method === 'HEAD' ? null : content, {
        status: found ? 200 : 404,
        headers: { ...headers, 'content-type': `${type}; charset=utf-8` },
      })
    },
  }
}

interface Page {
  readonly type: string
  readonly content: string
}

// SECURITY: what this pattern lets through means nothing to HTML and nothing to a policy, where a
// semicolon would begin another directive; so it stands in both as it is.
function requireOrigin(text: string): void {
  const isPlain = /^https?:\/\/(?:[\w.-]+|\[[\da-f:]+\])(?::\d+)?$/.test(text)
  if (isPlain && URL.canParse(text) && new URL(text).origin === text) return
  throw new RangeError(`${text} is no origin like http://localhost:3000`)
}

function speakingTo(apiOrigin: string, name: string): Page {
  const content = file(name).replace('API_ORIGIN', apiOrigin)
  return { type: 'text/html', content }
}

function file(name: string): string {
  return readFileSync(new URL(`./${name}`, import.meta.url), 'utf8')
}

const welcome = message({
  title: 'The front end goes here',
  text: 'Until there is one, this server has the pages that the links in mails open, and no other.',
})

const nothing = message({
  title: 'There is no such page',
  text: 'If you followed a link from a mail, open the mail again and follow it once more.',
})

function message({ title, text }: { title: string; text: string }): Page {
  const content = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="/mail-link.css">
</head>
<body>
<main>
<h1>${title}</h1>
<p>${text}</p>
</main>
</body>
</html>
`
  return { type: 'text/html', content }
}

// SECURITY: the page holds a token that opens an account. It runs no script but its own, speaks to
// the API alone, cannot be framed, and tells nobody where it was.
function securityHeaders(apiOrigin: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src ${apiOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'cache-control': 'no-store',
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
}

function methodNotAllowed(headers: Record<string, string>): Response {
  const allowed = { allow: 'GET, HEAD', 'content-type': 'text/plain; charset=utf-8' }
  return new Response('Method Not Allowed\n', { status: 405, headers: { ...headers, ...allowed } })
}
