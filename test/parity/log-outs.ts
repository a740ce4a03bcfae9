// Log out.

import { answers, fails, lists, logsIn, refusesToken } from './rails.ts'
import { addressBlank, invalidToken, passwordBlank, unauthenticated } from './refusals.ts'
import { form, json, send } from './requests.ts'
import type { Row } from './row.ts'
import { coded, invalid, listed, same } from './verdicts.ts'

export const logOuts: readonly Row[] = [
  {
    id: 'L00',
    tries: 'log in, to log out',
    request: json('POST /v1/session', { email_address: 'one@example.com', password: 'password' }),
    rails: logsIn('one@example.com', 'h1'),
    latchkey: same,
  },
  {
    id: 'L01',
    tries: 'log out',
    given: [{ logsIn: 'one@example.com', as: '$SESSION' }],
    request: send('DELETE /v1/session', 'Authorization: Bearer $SESSION'),
    rails: answers(200, 'h2', { body: { message: 'Logged out' }, ends: ['one@example.com'] }),
    latchkey: same,
  },
  {
    id: 'L02',
    tries: 'log out a second time',
    given: [
      { logsIn: 'one@example.com', as: '$SESSION' },
      { sends: send('DELETE /v1/session', 'Authorization: Bearer $SESSION'), answered: 200 },
    ],
    request: send('DELETE /v1/session', 'Authorization: Bearer $SESSION'),
    rails: refusesToken('h6'),
    latchkey: coded(invalidToken),
  },
  {
    id: 'L03',
    tries: 'log out with a token that is none',
    request: send('DELETE /v1/session', 'Authorization: Bearer invalid'),
    rails: refusesToken('h6'),
    latchkey: coded(invalidToken),
  },
  {
    id: 'L04',
    tries: 'log out without a token',
    request: send('DELETE /v1/session'),
    rails: refusesToken('h6'),
    latchkey: coded(unauthenticated),
  },
  {
    id: 'L05',
    tries: 'another session, after one was ended',
    given: [
      { logsIn: 'one@example.com', as: '$SESSION' },
      { sends: send('DELETE /v1/session', 'Authorization: Bearer $SESSION'), answered: 200 },
    ],
    request: send('GET /v1/projects', 'Authorization: Bearer $ONE'),
    rails: lists('h2'),
    latchkey: listed(),
  },
  {
    id: 'L06',
    tries: 'a form that claims to be a DELETE',
    request: form('POST /v1/session', '_method=delete', 'Authorization: Bearer $TWO'),
    rails: fails(500, 'h5'),
    latchkey: invalid(['missing-fields'], [addressBlank, passwordBlank]),
  },
  {
    id: 'L07',
    tries: 'a header that claims the request is a DELETE',
    request: json(
      'POST /v1/session',
      {},
      'Authorization: Bearer $TWO',
      'X-HTTP-Method-Override: DELETE',
    ),
    rails: fails(500, 'h4'),
    latchkey: invalid(['missing-fields'], [addressBlank, passwordBlank]),
  },
]
