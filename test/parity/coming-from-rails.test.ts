// The guide says what the table says, and no more.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { expectedOf } from './expected.ts'
import {
  countFaultsOfRails,
  countLines,
  differenceLines,
  headerLines,
  varyingLines,
} from './guide.ts'
import { rows } from './rows.ts'

const page = readFileSync('docs/guides/coming-from-rails.md', 'utf8')
const lines = page.split('\n')
const prose = page.replace(/\s+/g, ' ')

// A line of its tables begins with a name in code; those that count do not.
const named = lines.filter((line) => /^\| `[^`]+` \|/.test(line))

test('every difference, of values, answers and headers, has its line with its rows, and no other', () => {
  const told = [...varyingLines(), ...differenceLines(), ...headerLines()]
  expect(named.toSorted()).toEqual(told.toSorted())
})

test('its counts are those of the table', () => {
  const counts = lines.filter((line) => /^\|[^|]+(?:\| \d+ ){5}\|$/.test(line))
  expect(counts).toEqual(countLines())
  expect(prose.match(/(\d+) requests/)?.[1]).toBe(String(rows.length))
  expect(prose.match(/(\d+) of them are a 500 there, and here none is/)?.[1]).toBe(
    String(countFaultsOfRails()),
  )
})

test('none of the requests is a fault here, as it says', () => {
  expect(rows.filter((row) => expectedOf(row).status >= 500)).toEqual([])
})

test('every row that its text names is there', () => {
  const ids = new Set(rows.map(({ id }) => id))
  const text = lines.filter((line) => !named.includes(line)).join('\n')
  for (const [id] of text.matchAll(/\b[RSLAHUCP]\d\d[a-d]?\b/g)) expect(ids).toContain(id)
})
