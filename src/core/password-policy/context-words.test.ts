import { expect, test } from 'vitest'
import { address } from '../../../test/harness.ts'
import { isMadeOf, wordsOf } from './context-words.ts'

const ann = wordsOf(address('ann.smith+shop@mail.example.co.uk'))

test('the words of an address are its parts, but for the last of the domain', () => {
  expect(ann).toEqual([
    'ann.smith+shop@mail.example.co.uk',
    'ann.smith+shop',
    ...['ann', 'smith', 'shop'],
    'mail.example.co.uk',
    ...['mail', 'example', 'co'],
  ])
})

test.each([
  'ann.smith+shop@mail.example.co.uk',
  'ANN.SMITH+SHOP@MAIL.EXAMPLE.CO.UK',
  'mail.example.co.uk1',
  'Ann2026!',
  'annannann',
  'smith-smith',
  '2026Example',
  '¡Smith! $1',
  'AnnSmith',
  'example, mail',
])('%s is made of them', (password) => {
  expect(isMadeOf(ann, password)).toBe(true)
})

test.each([
  'ann likes horses',
  'annabella',
  'my example is long',
  'smiths 2026',
  'shop🦊🌵🎻🧊🪁',
  'co12345678',
  '2026-2027!',
  'kV8!xq2Z',
  'moc.elpmaxe',
])('%s is not', (password) => {
  expect(isMadeOf(ann, password)).toBe(false)
})

test('what is left around a word makes no other one', () => {
  expect(isMadeOf(['example', 'annette'], 'annexampleette')).toBe(false)
})

test('a word is the same from a keyboard that composes and from one that does not', () => {
  const words = wordsOf(address('zoë@example.com'.normalize('NFD')))
  expect(isMadeOf(words, 'ZOË-2026'.normalize('NFC'))).toBe(true)
  expect(isMadeOf(['Projekt Ä'.normalize('NFD')], 'projekt ä 2026')).toBe(true)
})

test('without words nothing is made of them, not even nothing', () => {
  expect([isMadeOf([], '12345678'), isMadeOf([''], '12345678'), isMadeOf(ann, '')]).toEqual([
    false,
    false,
    false,
  ])
})
