import { expect, test } from 'vitest'
import { parseSender } from './sender.ts'

const emailAddress = 'no-reply@example.com'

test.each([
  ['no-reply@example.com', null],
  ['  No-Reply@Example.com ', null],
  ['<no-reply@example.com>', null],
  ['Projects <no-reply@example.com>', 'Projects'],
  [' "Projects"  <no-reply@example.com> ', 'Projects'],
  ['"Projects, Inc." <no-reply@example.com>', 'Projects, Inc.'],
  ['Büro „Zürich“ 😀<no-reply@example.com>', 'Büro „Zürich“ 😀'],
  ['"" <no-reply@example.com>', null],
])('%j is a sender whose name is %j', (text, name) => {
  expect(parseSender(text)).toEqual({ name, emailAddress })
})

test.each([
  '',
  'Projects',
  'Projects <>',
  'Projects no-reply@example.com',
  'Projects <no-reply>',
  'Projects <no-reply@example.com',
  'no-reply@example.com>',
  'Projects <no-reply@example.com> more',
  'A <a@example.com>, B <b@example.com>',
  'a@example.com, b@example.com',
  'Projects <<no-reply@example.com>>',
  'Pro<jects <no-reply@example.com>',
  'Pro"jects <no-reply@example.com>',
  '"Projects <no-reply@example.com>',
  'Pro\\jects <no-reply@example.com>',
  'Projects\r\nBcc: b@example.com <no-reply@example.com>',
  'Projects\n<no-reply@example.com>x',
  'Pro\0jects <no-reply@example.com>',
  'Pro\x85jects <no-reply@example.com>',
  'Pro\x7fjects <no-reply@example.com>',
  'Pro\ud800jects <no-reply@example.com>',
  'Projects <no-reply@example.com\r\nBcc: b@example.com>',
])('%j is no sender', (text) => {
  expect(parseSender(text)).toBeNull()
})
