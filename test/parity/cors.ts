// Pages of other origins.

import { answers, fails, lists, refusesToken } from './rails.ts'
import { notFound, passwordBlank, unauthenticated } from './refusals.ts'
import { json, send } from './requests.ts'
import type { Row } from './row.ts'
import { coded, instead, invalid, listed, notAllowed, refused } from './verdicts.ts'

const page = 'http://localhost:3001'

export const cors: readonly Row[] = [
  {
    id: 'C01',
    tries: 'a preflight to log in, headers asked for',
    request: send(
      'OPTIONS /v1/session',
      'Origin: http://localhost:3001',
      'Access-Control-Request-Method: POST',
      'Access-Control-Request-Headers: content-type, authorization',
    ),
    rails: answers(200, 'h7', { sharedWith: page }),
    latchkey: instead(['preflight-is-204'], 204, { sharedWith: page }),
  },
  {
    id: 'C02',
    tries: 'a preflight from the other listed origin',
    request: send(
      'OPTIONS /v1/projects',
      'Origin: http://127.0.0.1:3001',
      'Access-Control-Request-Method: GET',
    ),
    rails: answers(200, 'h7', { sharedWith: 'http://127.0.0.1:3001' }),
    latchkey: instead(['preflight-is-204'], 204, { sharedWith: 'http://127.0.0.1:3001' }),
  },
  {
    id: 'C03',
    tries: 'a preflight from the same name by HTTPS',
    request: send(
      'OPTIONS /v1/projects',
      'Origin: https://localhost:3001',
      'Access-Control-Request-Method: GET',
    ),
    rails: answers(200, 'h7', { sharedWith: 'https://localhost:3001' }),
    latchkey: instead(['preflight-is-204', 'exact-origins'], 204),
  },
  {
    id: 'C04',
    tries: 'a preflight from an origin that is not listed',
    request: send(
      'OPTIONS /v1/session',
      'Origin: http://evil.example',
      'Access-Control-Request-Method: POST',
    ),
    rails: answers(200, 'h7'),
    latchkey: instead(['preflight-is-204'], 204),
  },
  {
    id: 'C05',
    tries: 'a preflight from another port',
    request: send(
      'OPTIONS /v1/session',
      'Origin: http://localhost:3000',
      'Access-Control-Request-Method: POST',
    ),
    rails: answers(200, 'h7'),
    latchkey: instead(['preflight-is-204'], 204),
  },
  {
    id: 'C06',
    tries: 'a preflight from an origin that begins like one of the list',
    request: send(
      'OPTIONS /v1/session',
      'Origin: http://localhost:3001.evil.example',
      'Access-Control-Request-Method: POST',
    ),
    rails: answers(200, 'h7'),
    latchkey: instead(['preflight-is-204'], 204),
  },
  {
    id: 'C06b',
    tries: 'a preflight from an origin that ends like one of the list',
    request: send(
      'OPTIONS /v1/session',
      'Origin: http://evil-localhost:3001',
      'Access-Control-Request-Method: POST',
    ),
    rails: answers(200, 'h7'),
    latchkey: instead(['preflight-is-204'], 204),
  },
  {
    id: 'C07',
    tries: 'a preflight from the origin null',
    request: send('OPTIONS /v1/session', 'Origin: null', 'Access-Control-Request-Method: POST'),
    rails: answers(200, 'h7'),
    latchkey: instead(['preflight-is-204'], 204),
  },
  {
    id: 'C08',
    tries: 'a preflight for TRACE',
    request: send(
      'OPTIONS /v1/session',
      'Origin: http://localhost:3001',
      'Access-Control-Request-Method: TRACE',
    ),
    rails: answers(200, 'h7'),
    latchkey: instead(['preflight-is-204', 'preflight-names-methods'], 204, { sharedWith: page }),
  },
  {
    id: 'C09',
    tries: 'a preflight on a path that is not there',
    request: send(
      'OPTIONS /nope',
      'Origin: http://localhost:3001',
      'Access-Control-Request-Method: GET',
    ),
    rails: answers(200, 'h7', { sharedWith: page }),
    latchkey: refused(['preflight-on-known-paths'], notFound, { sharedWith: page }),
  },
  {
    id: 'C10',
    tries: 'a preflight that asks for no headers',
    request: send(
      'OPTIONS /v1/session',
      'Origin: http://localhost:3001',
      'Access-Control-Request-Method: DELETE',
    ),
    rails: answers(200, 'h7', { sharedWith: page }),
    latchkey: instead(['preflight-is-204'], 204, { sharedWith: page }),
  },
  {
    id: 'C11',
    tries: 'OPTIONS from no origin',
    request: send('OPTIONS /v1/session'),
    rails: fails(404, 'h5'),
    latchkey: notAllowed('POST, GET, HEAD, DELETE'),
  },
  {
    id: 'C12',
    tries: 'OPTIONS that asks for no method',
    request: send('OPTIONS /v1/session', 'Origin: http://localhost:3001'),
    rails: fails(404, 'h5', { sharedWith: page }),
    latchkey: notAllowed('POST, GET, HEAD, DELETE', { sharedWith: page }),
  },
  {
    id: 'C13',
    tries: 'the list for a listed origin',
    request: send(
      'GET /v1/projects',
      'Authorization: Bearer $ONE',
      'Origin: http://localhost:3001',
    ),
    rails: lists('h2', { sharedWith: page }),
    latchkey: listed({ sharedWith: page }),
  },
  {
    id: 'C14',
    tries: 'a refused token for a listed origin',
    request: send('GET /v1/projects', 'Origin: http://localhost:3001'),
    rails: refusesToken('h6', { sharedWith: page }),
    latchkey: coded(unauthenticated),
  },
  {
    id: 'C15',
    tries: 'the list for another origin',
    request: send('GET /v1/projects', 'Authorization: Bearer $ONE', 'Origin: http://evil.example'),
    rails: lists('h2'),
    latchkey: listed(),
  },
  {
    id: 'C16',
    tries: 'an unknown path for a listed origin',
    request: send('GET /nope', 'Accept: application/json', 'Origin: http://localhost:3001'),
    rails: fails(404, 'h4', { sharedWith: page }),
    latchkey: refused(['one-error-shape'], notFound, { sharedWith: page }),
  },
  {
    id: 'C17',
    tries: 'a log-in without a password for a listed origin',
    request: json(
      'POST /v1/session',
      { email_address: 'one@example.com' },
      'Origin: http://localhost:3001',
    ),
    rails: fails(500, 'h4', { sharedWith: page }),
    latchkey: invalid(['missing-fields'], [passwordBlank], { sharedWith: page }),
  },
  {
    id: 'C18',
    tries: 'robots.txt for a listed origin',
    request: send('GET /robots.txt', 'Origin: http://localhost:3001'),
    rails: answers(200, 'h11', { body: 'User-agent: *\n', sharedWith: page }),
    latchkey: refused(['no-files'], notFound, { sharedWith: page }),
  },
  {
    id: 'C19',
    tries: 'a listed origin in capitals',
    request: send(
      'GET /v1/projects',
      'Authorization: Bearer $ONE',
      'Origin: HTTP://LOCALHOST:3001',
    ),
    rails: lists('h2'),
    latchkey: listed(),
  },
]
