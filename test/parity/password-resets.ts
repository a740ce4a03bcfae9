// Forgotten passwords.

import {
  answers,
  complainsOfReset,
  fails,
  refusesLink,
  refusesToken,
  resets,
  sendsLink,
  signsUp,
} from './rails.ts'
import {
  addressBlank,
  addressNoText,
  brokenJson,
  confirmationDiffers,
  deadLink,
  invalidToken,
  passwordBlank,
  passwordNoText,
  passwordShort,
} from './refusals.ts'
import { form, json, send } from './requests.ts'
import type { Effects, Row } from './row.ts'
import {
  coded,
  detailed,
  instead,
  invalid,
  invalidReset,
  notAllowed,
  refused,
  resetAndTold,
  same,
  signedUp,
} from './verdicts.ts'

export const passwordResets: readonly Row[] = [
  {
    id: 'P01',
    tries: 'ask for a link',
    request: json('POST /v1/passwords', { email_address: 'one@example.com' }),
    rails: sendsLink('h1', 'one@example.com'),
    latchkey: same,
  },
  {
    id: 'P02',
    tries: 'ask for a link to an address that nobody has',
    request: json('POST /v1/passwords', { email_address: 'nobody@example.com' }),
    rails: sendsLink('h1', null),
    latchkey: same,
  },
  {
    id: 'P03',
    tries: 'ask for a link to no address',
    request: json('POST /v1/passwords', {}),
    rails: sendsLink('h1', null),
    latchkey: invalid(['missing-fields'], [addressBlank]),
  },
  {
    id: 'P04',
    tries: 'the address in another spelling',
    request: json('POST /v1/passwords', { email_address: ' ONE@EXAMPLE.com ' }),
    rails: sendsLink('h1', 'one@example.com'),
    latchkey: same,
  },
  {
    id: 'P04b',
    tries: 'ask with a form',
    request: form('POST /v1/passwords', 'email_address=one%40example.com'),
    rails: sendsLink('h2', 'one@example.com'),
    latchkey: same,
  },
  {
    id: 'P05',
    tries: 'ask for two addresses at once',
    request: json('POST /v1/passwords', { email_address: ['two@example.com', 'one@example.com'] }),
    rails: sendsLink('h1', 'one@example.com'),
    latchkey: invalid(['text-must-be-text'], [addressNoText]),
  },
  {
    id: 'P06',
    tries: 'an object as address',
    request: json('POST /v1/passwords', { email_address: { a: 'b' } }),
    rails: sendsLink('h1', null),
    latchkey: invalid(['text-must-be-text'], [addressNoText]),
  },
  {
    id: 'P06b',
    tries: 'a number as address',
    request: json('POST /v1/passwords', { email_address: 7 }),
    rails: sendsLink('h1', null),
    latchkey: invalid(['text-must-be-text'], [addressNoText]),
  },
  {
    id: 'P06c',
    tries: 'null as address',
    request: json('POST /v1/passwords', { email_address: null }),
    rails: sendsLink('h1', null),
    latchkey: invalid(['missing-fields'], [addressBlank]),
  },
  {
    id: 'P07',
    tries: 'ask with broken JSON',
    request: json('POST /v1/passwords', '{'),
    rails: fails(400, 'h4'),
    latchkey: refused(['one-error-shape'], brokenJson),
  },
  {
    id: 'P08',
    tries: 'GET where one asks for links',
    request: send('GET /v1/passwords', 'Accept: application/json'),
    rails: fails(404, 'h4'),
    latchkey: notAllowed('POST, PUT, PATCH'),
  },
  {
    id: 'P09',
    tries: 'the same with a token',
    request: send('GET /v1/passwords', 'Accept: application/json', 'Authorization: Bearer $TWO'),
    rails: fails(404, 'h4'),
    latchkey: notAllowed('POST, PUT, PATCH'),
  },
  {
    id: 'P-pa',
    tries: 'sign up, to forget the password',
    request: json('POST /v1/registrations', {
      email_address: 'pa@example.com',
      password: 'password',
      password_confirmation: 'password',
    }),
    rails: signsUp('pa@example.com', 'h1'),
    latchkey: signedUp('pa@example.com'),
  },
  {
    id: 'P10',
    tries: 'another confirmation',
    given: [
      { signsUp: 'pa@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pa@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords/$RESET', {
      password: 'newpassword',
      password_confirmation: 'wrongpassword',
    }),
    rails: complainsOfReset('h3', "Password confirmation doesn't match Password"),
    latchkey: detailed(confirmationDiffers),
  },
  {
    id: 'P11',
    tries: 'a new password',
    given: [
      { signsUp: 'pa@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pa@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords/$RESET', {
      password: 'newpassword',
      password_confirmation: 'newpassword',
    }),
    rails: resets('pa@example.com', 'h1', {
      ...changed('pa@example.com'),
      logIns: [opens('pa@example.com', 'newpassword'), stays('pa@example.com', 'password')],
    }),
    latchkey: resetAndTold('pa@example.com'),
  },
  {
    id: 'P12',
    tries: 'the link a second time',
    given: [
      { signsUp: 'pa@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pa@example.com', as: '$RESET' },
      { sends: json('PUT /v1/passwords/$RESET', { password: 'newpassword' }), answered: 200 },
    ],
    request: json('PUT /v1/passwords/$RESET', {
      password: 'newpassword2',
      password_confirmation: 'newpassword2',
    }),
    rails: refusesLink('h3'),
    latchkey: coded(deadLink),
  },
  {
    id: 'P13',
    tries: "an older request's link, after the password was reset with another",
    given: [
      { signsUp: 'pa@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pa@example.com', as: '$RESET' },
      { getsLink: 'pa@example.com', as: '$OTHER' },
      { sends: json('PUT /v1/passwords/$RESET', { password: 'newpassword' }), answered: 200 },
    ],
    request: json('PUT /v1/passwords/$OTHER', { password: 'newpassword2' }),
    rails: refusesLink('h3'),
    latchkey: coded(deadLink),
  },
  {
    id: 'P14',
    tries: 'a session from before the reset',
    given: [
      { signsUp: 'pa@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pa@example.com', as: '$RESET' },
      { sends: json('PUT /v1/passwords/$RESET', { password: 'newpassword' }), answered: 200 },
    ],
    request: send('GET /v1/projects', 'Authorization: Bearer $SESSION'),
    rails: refusesToken('h6'),
    latchkey: coded(invalidToken),
  },
  {
    id: 'P15',
    tries: 'PATCH with five letters and no confirmation',
    given: [
      { signsUp: 'pa@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pa@example.com', as: '$RESET' },
    ],
    request: json('PATCH /v1/passwords/$RESET', { password: 'third' }),
    rails: resets('pa@example.com', 'h1', {
      ...changed('pa@example.com'),
      logIns: [opens('pa@example.com', 'third')],
    }),
    latchkey: invalidReset(['password-length'], passwordShort),
  },
  {
    id: 'P-pb',
    tries: 'sign up, to leave the new password out',
    request: json('POST /v1/registrations', {
      email_address: 'pb@example.com',
      password: 'password',
      password_confirmation: 'password',
    }),
    rails: signsUp('pb@example.com', 'h1'),
    latchkey: signedUp('pb@example.com'),
  },
  {
    id: 'P16',
    tries: 'no password',
    given: [
      { signsUp: 'pb@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pb@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords/$RESET', {}),
    rails: resets('pb@example.com', 'h1', { logIns: [opens('pb@example.com', 'password')] }),
    latchkey: invalidReset(['reset-needs-a-password'], passwordBlank),
  },
  {
    id: 'P17',
    tries: 'an empty password, after none was sent',
    given: [
      { signsUp: 'pb@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pb@example.com', as: '$RESET' },
      { sends: json('PUT /v1/passwords/$RESET', {}), answered: 422 },
    ],
    request: json('PUT /v1/passwords/$RESET', { password: '', password_confirmation: '' }),
    rails: answers(200, 'h1', {
      body: { message: 'Password has been reset.' },
      logIns: [opens('pb@example.com', 'password')],
    }),
    latchkey: invalidReset(['reset-needs-a-password'], passwordBlank),
  },
  {
    id: 'P18',
    tries: 'an empty password, another confirmation',
    given: [
      { signsUp: 'pb@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pb@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords/$RESET', { password: '', password_confirmation: 'x' }),
    rails: resets('pb@example.com', 'h1', {}),
    latchkey: invalidReset(['reset-needs-a-password'], passwordBlank, confirmationDiffers),
  },
  {
    id: 'P19',
    tries: 'null as password',
    given: [
      { signsUp: 'pb@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pb@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords/$RESET', { password: null }),
    rails: complainsOfReset('h3', "Password can't be blank"),
    latchkey: detailed(passwordBlank),
  },
  {
    id: 'P20',
    tries: 'a password of 73 bytes',
    given: [
      { signsUp: 'pb@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pb@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords/$RESET', { password: 'a'.repeat(73) }),
    rails: complainsOfReset('h3', 'Password is too long'),
    latchkey: instead(
      ['no-limit-of-72-bytes', 'reset-proves-the-address', 'reset-is-announced'],
      200,
      {
        body: { message: 'Password has been reset.' },
        ends: ['pb@example.com'],
        ...changed('pb@example.com'),
        verifies: ['pb@example.com'],
        mails: [['pb@example.com', 'Your password was changed']],
        logIns: [opens('pb@example.com', 'a'.repeat(73)), stays('pb@example.com', 'a'.repeat(72))],
      },
    ),
  },
  {
    id: 'P21',
    tries: 'an array as password',
    given: [
      { signsUp: 'pb@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pb@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords/$RESET', { password: ['x'] }),
    rails: resets('pb@example.com', 'h1', { logIns: [opens('pb@example.com', 'password')] }),
    latchkey: invalidReset(['reset-needs-a-password', 'text-must-be-text'], passwordNoText),
  },
  {
    id: 'P22',
    tries: 'a number as password',
    given: [
      { signsUp: 'pb@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pb@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords/$RESET', { password: 12345678 }),
    rails: fails(500, 'h4'),
    latchkey: invalidReset(['text-must-be-text'], passwordNoText),
  },
  {
    id: 'P22b',
    tries: 'the password inside of user',
    given: [
      { signsUp: 'pb@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pb@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords/$RESET', { user: { password: 'zzz' } }),
    rails: resets('pb@example.com', 'h1', { logIns: [opens('pb@example.com', 'password')] }),
    latchkey: invalidReset(['reset-needs-a-password'], passwordBlank),
  },
  {
    id: 'P22c',
    tries: 'another address, and no password',
    given: [
      { signsUp: 'pb@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pb@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords/$RESET', { email_address: 'hack@example.com' }),
    rails: resets('pb@example.com', 'h1', {}),
    latchkey: invalidReset(['reset-needs-a-password'], passwordBlank),
  },
  {
    id: 'P-pc',
    tries: 'sign up, to spoil the token',
    request: json('POST /v1/registrations', {
      email_address: 'pc@example.com',
      password: 'password',
      password_confirmation: 'password',
    }),
    rails: signsUp('pc@example.com', 'h1'),
    latchkey: signedUp('pc@example.com'),
  },
  {
    id: 'P23',
    tries: 'a token that is changed in the middle',
    given: [
      { signsUp: 'pc@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pc@example.com', as: '$RESET' },
      { spoils: '$RESET', how: 'in the middle', as: '$SPOILED' },
    ],
    request: json('PUT /v1/passwords/$SPOILED', { password: 'n' }),
    rails: refusesLink('h3'),
    latchkey: coded(deadLink),
  },
  {
    id: 'P23b',
    tries: 'a token that is changed at its end',
    given: [
      { signsUp: 'pc@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pc@example.com', as: '$RESET' },
      { spoils: '$RESET', how: 'at the end', as: '$SPOILED' },
    ],
    request: json('PUT /v1/passwords/$SPOILED', { password: 'n' }),
    rails: refusesLink('h3'),
    latchkey: coded(deadLink),
  },
  {
    id: 'P23c',
    tries: 'a token without its last character',
    given: [
      { signsUp: 'pc@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pc@example.com', as: '$RESET' },
      { spoils: '$RESET', how: 'cut', as: '$SPOILED' },
    ],
    request: json('PUT /v1/passwords/$SPOILED', { password: 'n' }),
    rails: refusesLink('h3'),
    latchkey: coded(deadLink),
  },
  {
    id: 'P24',
    tries: 'a token that is none',
    request: json('PUT /v1/passwords/rubbish', { password: 'n' }),
    rails: refusesLink('h3'),
    latchkey: coded(deadLink),
  },
  {
    id: 'P24b',
    tries: 'the token of a session',
    request: json('PUT /v1/passwords/$TWO', { password: 'n' }),
    rails: refusesLink('h3'),
    latchkey: coded(deadLink),
  },
  {
    id: 'P25',
    tries: 'a link that is 15 minutes and a second old',
    given: [
      { signsUp: 'pc@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pc@example.com', as: '$RESET' },
      { secondsPass: 15 * 60 + 1 },
    ],
    request: json('PUT /v1/passwords/$RESET', { password: 'n' }),
    rails: refusesLink('h3'),
    latchkey: coded(deadLink),
  },
  {
    id: 'P26',
    tries: 'a link that is 14 minutes and 50 seconds old',
    given: [
      { signsUp: 'pc@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pc@example.com', as: '$RESET' },
      { secondsPass: 14 * 60 + 50 },
    ],
    request: json('PUT /v1/passwords/$RESET', { password: 'n1', password_confirmation: 'n2' }),
    rails: complainsOfReset('h3', "Password confirmation doesn't match Password"),
    latchkey: invalidReset(['password-length'], passwordShort, confirmationDiffers),
  },
  {
    id: 'P27',
    tries: 'the token percent-encoded',
    given: [
      { signsUp: 'pc@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pc@example.com', as: '$RESET' },
      { spoils: '$RESET', how: 'percent-encoded', as: '$ENCODED' },
    ],
    request: json('PUT /v1/passwords/$ENCODED', { password: 'n1', password_confirmation: 'n2' }),
    rails: complainsOfReset('h3', "Password confirmation doesn't match Password"),
    latchkey: invalidReset(['password-length'], passwordShort, confirmationDiffers),
  },
  {
    id: 'P28',
    tries: 'another token in the body',
    given: [
      { signsUp: 'pc@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pc@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords/$RESET', {
      token: 'rubbish',
      password: 'n1',
      password_confirmation: 'n2',
    }),
    rails: complainsOfReset('h3', "Password confirmation doesn't match Password"),
    latchkey: invalidReset(['password-length'], passwordShort, confirmationDiffers),
  },
  {
    id: 'P28b',
    tries: 'another token in the query',
    given: [
      { signsUp: 'pc@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pc@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords/$RESET?token=rubbish', {
      password: 'n1',
      password_confirmation: 'n2',
    }),
    rails: complainsOfReset('h3', "Password confirmation doesn't match Password"),
    latchkey: invalidReset(['password-length'], passwordShort, confirmationDiffers),
  },
  {
    id: 'P29',
    tries: '.json behind the token',
    given: [
      { signsUp: 'pc@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pc@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords/$RESET.json', { password: 'n1', password_confirmation: 'n2' }),
    rails: complainsOfReset('h6', "Password confirmation doesn't match Password"),
    latchkey: refused(['exact-paths'], deadLink),
  },
  {
    id: 'P30',
    tries: 'the token in the body alone',
    given: [
      { signsUp: 'pc@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pc@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords', { token: '$RESET', password: 'n' }),
    rails: fails(404, 'h4'),
    latchkey: invalidReset(['token-in-the-body', 'password-length'], passwordShort),
  },
  {
    id: 'P31',
    tries: 'GET a link',
    given: [
      { signsUp: 'pc@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pc@example.com', as: '$RESET' },
    ],
    request: send('GET /v1/passwords/$RESET', 'Accept: application/json'),
    rails: fails(404, 'h4'),
    latchkey: notAllowed('PUT, PATCH'),
  },
  {
    id: 'P31b',
    tries: 'DELETE a link',
    given: [
      { signsUp: 'pc@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pc@example.com', as: '$RESET' },
    ],
    request: send('DELETE /v1/passwords/$RESET', 'Accept: application/json'),
    rails: fails(404, 'h4'),
    latchkey: notAllowed('PUT, PATCH'),
  },
  {
    id: 'P32',
    tries: 'broken JSON with a good link',
    given: [
      { signsUp: 'pc@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pc@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords/$RESET', '{'),
    rails: fails(400, 'h4'),
    latchkey: refused(['one-error-shape'], brokenJson),
  },
  {
    id: 'P32b',
    tries: 'broken JSON with a bad link',
    request: json('PUT /v1/passwords/rubbish', '{'),
    rails: fails(400, 'h4'),
    latchkey: refused(['one-error-shape'], brokenJson),
  },
  {
    id: 'P33',
    tries: 'a new password in a form',
    given: [
      { signsUp: 'pc@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pc@example.com', as: '$RESET' },
    ],
    request: form('PUT /v1/passwords/$RESET', 'password=formpass&password_confirmation=formpass'),
    rails: resets('pc@example.com', 'h2', {
      ...changed('pc@example.com'),
      logIns: [opens('pc@example.com', 'formpass')],
    }),
    latchkey: resetAndTold('pc@example.com'),
  },
  {
    id: 'P-pd',
    tries: 'sign up, to be deleted',
    request: json('POST /v1/registrations', {
      email_address: 'pd@example.com',
      password: 'password',
      password_confirmation: 'password',
    }),
    rails: signsUp('pd@example.com', 'h1'),
    latchkey: signedUp('pd@example.com'),
  },
  {
    id: 'P34',
    tries: 'the link of a user who is gone',
    given: [
      { signsUp: 'pd@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pd@example.com', as: '$RESET' },
      { disappears: 'pd@example.com' },
    ],
    request: json('PUT /v1/passwords/$RESET', { password: 'n' }),
    rails: fails(404, 'h4'),
    latchkey: refused(['link-of-a-deleted-user'], deadLink),
  },
  {
    id: 'P-pe',
    tries: 'sign up, to keep the password',
    request: json('POST /v1/registrations', {
      email_address: 'pe@example.com',
      password: 'password',
      password_confirmation: 'password',
    }),
    rails: signsUp('pe@example.com', 'h1'),
    latchkey: signedUp('pe@example.com'),
  },
  {
    id: 'P35',
    tries: 'the old password as the new one',
    given: [
      { signsUp: 'pe@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pe@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords/$RESET', {
      password: 'password',
      password_confirmation: 'password',
    }),
    rails: resets('pe@example.com', 'h1', {
      ...changed('pe@example.com'),
      logIns: [opens('pe@example.com', 'password')],
    }),
    latchkey: resetAndTold('pe@example.com'),
  },
  {
    id: 'P36',
    tries: 'the link again, after the same password was set',
    given: [
      { signsUp: 'pe@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pe@example.com', as: '$RESET' },
      { sends: json('PUT /v1/passwords/$RESET', { password: 'password' }), answered: 200 },
    ],
    request: json('PUT /v1/passwords/$RESET', {
      password: 'password',
      password_confirmation: 'password',
    }),
    rails: refusesLink('h3'),
    latchkey: coded(deadLink),
  },
  {
    id: 'P37',
    tries: 'a good link and the token of somebody else',
    given: [
      { signsUp: 'pe@example.com', password: 'password', as: '$SESSION' },
      { getsLink: 'pe@example.com', as: '$RESET' },
    ],
    request: json('PUT /v1/passwords/$RESET', { password: 'again' }, 'Authorization: Bearer $TWO'),
    rails: resets('pe@example.com', 'h1', changed('pe@example.com')),
    latchkey: invalidReset(['password-length'], passwordShort),
  },
  {
    id: 'P38',
    tries: 'a bad link without a body, any answer welcome',
    request: send('PUT /v1/passwords/rubbish'),
    rails: refusesLink('h6'),
    latchkey: coded(deadLink),
  },
]

function changed(emailAddress: string): Effects {
  return { passwords: [emailAddress], spendsLink: true }
}

function opens(of: string, password: string) {
  return { of, password, works: true }
}

function stays(of: string, password: string) {
  return { of, password, works: false }
}
