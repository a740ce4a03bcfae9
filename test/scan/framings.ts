// Requests whose end a proxy and a server could see in different places. Where one is smuggled, it
// asks for /smuggled.

const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n'
const body = 'email_address=ann%40example.com'
const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`

function post(headers: readonly string[], content: string): string {
  const type = 'Content-Type: application/x-www-form-urlencoded'
  return ['POST /v1/passwords HTTP/1.1', 'Host: localhost', type, ...headers, '', content].join(
    '\r\n',
  )
}

const length = `Content-Length: ${body.length}`
const both = `0\r\n\r\n${smuggled}`
const transferEncoding = (line: string) => post([line, `Content-Length: ${both.length}`], both)

/** What each is, and its bytes. */
export const framings: readonly (readonly [string, string])[] = [
  ['a body with a length, then another request', post([length], body + smuggled)],
  ['chunks, then another request', post(['Transfer-Encoding: chunked'], chunked + smuggled)],
  [
    'CL.TE: a length over a last chunk and a request',
    transferEncoding('Transfer-Encoding: chunked'),
  ],
  [
    'TE.CL: a length that ends in the first chunk',
    post(
      ['Content-Length: 4', 'Transfer-Encoding: chunked'],
      `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
    ),
  ],
  [
    'TE.TE: chunked, and another one',
    post(
      ['Transfer-Encoding: chunked', 'Transfer-Encoding: x', `Content-Length: ${both.length}`],
      both,
    ),
  ],
  ['TE.TE: chunked, identity', transferEncoding('Transfer-Encoding: chunked, identity')],
  ['TE.TE: identity, chunked', transferEncoding('Transfer-Encoding: identity, chunked')],
  ['TE.TE: xchunked', transferEncoding('Transfer-Encoding: xchunked')],
  ['TE.TE: CHUNKED', transferEncoding('Transfer-Encoding: CHUNKED')],
  ['TE.TE: a space before the colon', transferEncoding('Transfer-Encoding : chunked')],
  ['TE.TE: a tab behind the colon', transferEncoding('Transfer-Encoding:\tchunked')],
  ['TE.TE: a vertical tab in the value', transferEncoding('Transfer-Encoding: \vchunked')],
  ['TE.TE: in a folded line', transferEncoding('X-Other: x\r\n Transfer-Encoding: chunked')],
  ['TE.TE: a value in a folded line', transferEncoding('Transfer-Encoding:\r\n chunked')],
  ['TE.TE: behind a bare LF', transferEncoding('X-Other: x\nTransfer-Encoding: chunked')],
  ['TE.TE: behind a bare CR', transferEncoding('X-Other: x\rTransfer-Encoding: chunked')],
  ['TE.TE: with an underscore', transferEncoding('Transfer_Encoding: chunked')],
  ['CL.CL: two lengths', post(['Content-Length: 0', length], body + smuggled)],
  ['CL.CL: two equal lengths', post([length, length], body)],
  ['a list of lengths', post([`Content-Length: 0, ${body.length}`], body + smuggled)],
  ['a length with a sign', post([`Content-Length: +${body.length}`], body)],
  ['a length below nothing', post(['Content-Length: -1'], body)],
  ['a hexadecimal length', post([`Content-Length: 0x${body.length.toString(16)}`], body)],
  ['a length with a space inside', post(['Content-Length: 3 1'], body)],
  ['a length in a folded line', post([`Content-Length:\r\n ${body.length}`], body)],
  [
    'chunks of HTTP/1.0',
    post(['Transfer-Encoding: chunked'], chunked + smuggled).replace('HTTP/1.1', 'HTTP/1.0'),
  ],
  ['a chunk with 0x before its size', post(['Transfer-Encoding: chunked'], `0x${chunked}`)],
  [
    'a chunk whose size ends in a bare LF',
    post(['Transfer-Encoding: chunked'], chunked.replace('\r\n', '\n')),
  ],
  [
    'a chunk with an extension',
    post(['Transfer-Encoding: chunked'], chunked.replace('\r\n', ';a=b\r\n')),
  ],
  [
    'a chunk with a bare LF in an extension',
    post(['Transfer-Encoding: chunked'], chunked.replace('\r\n', `;\n${smuggled}\r\n`)),
  ],
  [
    'a chunk that is longer than its size',
    post(['Transfer-Encoding: chunked'], `1\r\n${body}\r\n0\r\n\r\n`),
  ],
  [
    'a trailer that is a length',
    post(['Transfer-Encoding: chunked'], chunked.replace(/\r\n$/, 'Content-Length: 0\r\n\r\n')),
  ],
  [
    'a chunk size beyond 64 bits',
    post(['Transfer-Encoding: chunked'], `10000000000000000${chunked}`),
  ],
  [
    'a GET with a body that is a request',
    `GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
  ],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: other.example\r\n\r\n'],
  ['a folded Host', 'GET / HTTP/1.1\r\nHost: localhost\r\n other.example\r\n\r\n'],
  ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Other: a\0b\r\n\r\n'],
  ['a header without a name', 'GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n'],
  ['lines that end in a bare LF', 'GET / HTTP/1.1\nHost: localhost\n\n'],
  [
    'an absolute target',
    'GET http://other.example/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n',
  ],
]
