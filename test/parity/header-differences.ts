/** A header that Rails sends and we do not, or with another value. */
export interface HeaderDifference {
  readonly header: string
  readonly rails: readonly string[]
  /** Null where it is not sent; several where that depends on the answer. */
  readonly latchkey: readonly (string | null)[]
  readonly because: string
}

export const headerDifferences: readonly HeaderDifference[] = [
  {
    header: 'cache-control',
    rails: ['max-age=0, private, must-revalidate', 'no-cache'],
    latchkey: ['no-store'],
    because: 'An answer can hold a token. No cache is to keep it, not even the browser’s own.',
  },
  {
    header: 'etag',
    rails: ['W/"<32 hex>"'],
    latchkey: [null],
    because: 'What is not kept is not compared.',
  },
  {
    header: 'content-type',
    rails: [
      'application/json; charset=UTF-8',
      'text/html; charset=UTF-8',
      'text/html; charset=utf-8',
      'application/xml; charset=UTF-8',
      'text/plain',
    ],
    latchkey: ['application/json; charset=utf-8'],
    because: 'Every answer with a body is JSON, errors too, and the charset has one spelling.',
  },
  {
    header: 'vary',
    rails: ['Accept, Origin'],
    latchkey: ['Origin'],
    because: '`Accept` is not read. On preflights Rails sends no `vary`; we always do.',
  },
  {
    header: 'referrer-policy',
    rails: ['strict-origin-when-cross-origin'],
    latchkey: ['no-referrer'],
    because: 'An API’s address is no business of other sites.',
  },
  {
    header: 'strict-transport-security',
    rails: ['max-age=63072000; includeSubDomains'],
    latchkey: [null],
    because:
      'The same on every answer but those to what is refused before the app (two `Authorization` headers, TRACE).',
  },
  {
    header: 'x-frame-options',
    rails: ['SAMEORIGIN'],
    latchkey: [null],
    because: "`content-security-policy` says more: `frame-ancestors 'none'`.",
  },
  {
    header: 'x-permitted-cross-domain-policies',
    rails: ['none'],
    latchkey: [null],
    because: 'It was for Flash.',
  },
  {
    header: 'x-xss-protection',
    rails: ['0'],
    latchkey: [null],
    because: 'It switches off a filter that browsers have given up.',
  },
  {
    header: 'access-control-allow-origin',
    rails: ['https://localhost:3001'],
    latchkey: [null],
    because: 'Origins are listed with their scheme.',
  },
  {
    header: 'access-control-allow-methods',
    rails: ['GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD'],
    latchkey: ['GET, HEAD, POST, PUT, PATCH, DELETE', null],
    because: 'Only preflights have it: nobody reads it elsewhere. No page asks for OPTIONS itself.',
  },
  {
    header: 'access-control-allow-headers',
    rails: ['content-type, authorization'],
    latchkey: ['Authorization, Content-Type, X-Request-Id'],
    because: 'A list, where Rails repeats whatever was asked for.',
  },
  {
    header: 'access-control-expose-headers',
    rails: [''],
    latchkey: ['X-Request-Id, WWW-Authenticate, Retry-After, RateLimit, RateLimit-Policy', null],
    because: 'So that a page can read why it was refused and when to try again.',
  },
  {
    header: 'access-control-max-age',
    rails: ['7200'],
    latchkey: [null],
    because: 'The same on preflights; elsewhere nobody reads it.',
  },
]
