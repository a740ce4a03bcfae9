// Paths and methods that are not there.

import { answers, fails } from './rails.ts'
import { notFound } from './refusals.ts'
import { send } from './requests.ts'
import type { Row } from './row.ts'
import { instead, notAllowed, refused, same } from './verdicts.ts'

const welcome = { name: 'Projects API', documentation: '/openapi.json' }
const notFoundInXml =
  '<?xml version="1.0" encoding="UTF-8"?>\n<hash>\n  <status type="integer">404</status>\n  <error>Not Found</error>\n</hash>\n'
const greenPage = '<!DOCTYPE html><html><body style="background-color: green"></body></html>'

export const unknownRoutes: readonly Row[] = [
  {
    id: 'U01',
    tries: 'the root',
    request: send('GET /'),
    rails: fails(404, 'h5'),
    latchkey: instead(['root-answers'], 200, { body: welcome }),
  },
  {
    id: 'U02',
    tries: 'the root as JSON',
    request: send('GET /', 'Accept: application/json'),
    rails: fails(404, 'h4'),
    latchkey: instead(['root-answers'], 200, { body: welcome }),
  },
  {
    id: 'U02b',
    tries: 'the root as anything',
    request: send('GET /', 'Accept: */*'),
    rails: fails(404, 'h5'),
    latchkey: instead(['root-answers'], 200, { body: welcome }),
  },
  {
    id: 'U02c',
    tries: 'the root as a browser asks',
    request: send(
      'GET /',
      'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    ),
    rails: fails(404, 'h5'),
    latchkey: instead(['root-answers'], 200, { body: welcome }),
  },
  {
    id: 'U02d',
    tries: 'the root as XML',
    request: send('GET /', 'Accept: application/xml'),
    rails: answers(404, 'h9', { body: notFoundInXml }),
    latchkey: instead(['root-answers'], 200, { body: welcome }),
  },
  {
    id: 'U03',
    tries: 'a path that is not there',
    request: send('GET /v1/unknown', 'Accept: application/json'),
    rails: fails(404, 'h4'),
    latchkey: refused(['one-error-shape'], notFound),
  },
  {
    id: 'U03b',
    tries: 'the same with .json',
    request: send('GET /v1/unknown.json'),
    rails: fails(404, 'h4'),
    latchkey: refused(['one-error-shape'], notFound),
  },
  {
    id: 'U04',
    tries: 'HEAD of a path that is not there',
    request: send('HEAD /v1/unknown', 'Accept: application/json'),
    rails: answers(404, 'h4'),
    latchkey: same,
  },
  {
    id: 'U05',
    tries: 'the version alone',
    request: send('GET /v1', 'Accept: application/json'),
    rails: fails(404, 'h4'),
    latchkey: refused(['one-error-shape'], notFound),
  },
  {
    id: 'U06',
    tries: 'a method that nobody knows',
    request: send('FOO /v1/projects', 'Accept: application/json'),
    rails: answers(501, 'h7', { body: 'FOO method is not supported' }),
    latchkey: instead(['node-answers-first'], 400),
    source: 'node',
  },
  {
    id: 'U06b',
    tries: 'a method of WebDAV',
    request: send('PROPFIND /v1/projects', 'Accept: application/json'),
    rails: answers(501, 'h7', { body: 'PROPFIND method is not supported' }),
    latchkey: notAllowed('GET, HEAD, POST'),
  },
  {
    id: 'U07',
    tries: 'TRACE',
    request: send('TRACE /v1/projects', 'Authorization: Bearer $ONE'),
    rails: fails(404, 'h5'),
    latchkey: notAllowed('GET, HEAD, POST, PUT, PATCH, DELETE'),
    source: 'front',
  },
  {
    id: 'U08',
    tries: 'DELETE the list',
    request: send('DELETE /v1/projects', 'Accept: application/json', 'Authorization: Bearer $ONE'),
    rails: fails(404, 'h4'),
    latchkey: notAllowed('GET, HEAD, POST'),
  },
  {
    id: 'U09',
    tries: 'is the server up?',
    request: send('GET /up'),
    rails: answers(200, 'h10', { body: greenPage }),
    latchkey: refused(['health-elsewhere'], notFound),
  },
  {
    id: 'U10',
    tries: 'robots.txt',
    request: send('GET /robots.txt'),
    rails: answers(200, 'h11', { body: 'User-agent: *\n' }),
    latchkey: refused(['no-files'], notFound),
  },
  {
    id: 'U11',
    tries: 'a byte in the path that is no UTF-8',
    request: send('GET /v1/%ff', 'Accept: application/json'),
    rails: fails(404, 'h4'),
    latchkey: refused(['one-error-shape'], notFound),
  },
  {
    id: 'U11b',
    tries: 'an escape in the path that is none',
    request: send('GET /v1/%zz', 'Accept: application/json'),
    rails: fails(404, 'h4'),
    latchkey: refused(['one-error-shape'], notFound),
  },
  {
    id: 'U12',
    tries: 'a way up out of the root',
    request: send('GET /../../etc/passwd', 'Accept: application/json'),
    rails: fails(404, 'h4'),
    latchkey: refused(['one-error-shape'], notFound),
  },
]
