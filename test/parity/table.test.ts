// The table holds together: every request is in it, and every reason is a reason.
import { expect, test } from 'vitest'
import { differences } from './differences.ts'
import { expectedOf, reasonsOf } from './expected.ts'
import { headerDifferences } from './header-differences.ts'
import { type HeaderValues, ownHeaders, railsHeaders } from './headers.ts'
import type { Row } from './row.ts'
import { rows } from './rows.ts'
import { varying } from './varying.ts'

test('all 295 requests are there, each once', () => {
  expect(rows).toHaveLength(295)
  expect(new Set(rows.map(({ id }) => id)).size).toBe(295)
})

test('no two rows of a kind try the same thing', () => {
  const tried = rows.map(({ id, tries }) => `${id.charAt(0)} ${tries}`)
  expect(tried).toEqual([...new Set(tried)])
})

test('who differs says why, once, and every reason is somebody’s', () => {
  for (const row of rows) {
    const reasons = reasonsOf(row)
    expect([row.id, reasons.length > 0]).toEqual([row.id, row.latchkey.is !== 'same'])
    expect([row.id, new Set(reasons).size]).toEqual([row.id, reasons.length])
  }
  const named = new Set<string>(rows.flatMap(reasonsOf))
  expect([...named].sort()).toEqual(Object.keys(differences).sort())
})

test('a row is called more or instead only where nothing nearer is true', () => {
  for (const row of rows) {
    const { id, rails, latchkey } = row
    const expected = expectedOf(row)
    const [theirs, ours] = [rails.effects ?? {}, expected.effects]
    const isAnswer = expected.status === rails.status && containsAll(expected.body, rails.body)
    const isEffect = containsAll(withoutChecks(ours), withoutChecks(theirs))
    const isSame =
      isAnswer && isEffect && isEqual(expected.body, rails.body) && isEqual(ours, theirs)
    const nearest = isSame ? 'same' : isAnswer && isEffect ? 'more' : 'instead'
    expect([id, latchkey.is]).toEqual([id, nearest])
  }
})

test('what varies has a name that is explained, and no other', () => {
  const bodies = rows.map((row) => [row.rails.body, expectedOf(row).body])
  const names = JSON.stringify(bodies).match(/(?<=")<[a-z ]+>(?=")/g)
  expect([...new Set(names)].sort()).toEqual(Object.keys(varying).sort())
})

test('each header of Rails is sent as it is, or stands in the table of headers', () => {
  const used = new Set<string>()
  // What Node refuses has no headers of ours at all, and a reason of its own.
  for (const row of rows.filter(({ source }) => source !== 'node')) {
    const own = ownHeadersOf(row)
    for (const [header, rails] of Object.entries(railsHeaders(row))) {
      const latchkey = own[header] ?? null
      if (rails !== latchkey) used.add(JSON.stringify([header, rails, latchkey]))
    }
  }
  const listed = headerDifferences.flatMap(({ header, rails, latchkey }) =>
    rails.flatMap((theirs) => latchkey.map((ours) => JSON.stringify([header, theirs, ours]))),
  )
  expect([...used].sort()).toEqual(listed.sort())
})

function ownHeadersOf(row: Row): HeaderValues {
  const expected = expectedOf(row)
  const { sharedWith } = expected.effects
  return ownHeaders(row.source ?? 'app', { ...expected, sharedWith })
}

// Passwords that are tried afterwards describe an effect, they are none.
function withoutChecks(effects: Row['rails']['effects'] = {}): object {
  const { logIns, ...changes } = effects
  return changes
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function containsAll(ours: object | string, theirs: object | string): boolean {
  if (typeof ours === 'string' || typeof theirs === 'string') return ours === theirs
  return Object.entries(theirs).every(([name, value]) => isEqual(Object(ours)[name], value))
}
