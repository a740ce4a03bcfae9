import { expect, test } from 'vitest'
import { scopesField } from './api-key-fields.ts'

const field = scopesField({
  scopes: ['projects:read', 'projects:write'],
  defaultDays: 90,
  maximumDays: 365,
  maximumPerUser: 10,
  requestsPerMinute: 60,
})

test.each([
  ['numbers', Array(20_000).fill(7)],
  ['lists', Array(20_000).fill([])],
  ['nothing', Array(20_000).fill(null)],
])('of a list of thousands of %s one problem is made, not thousands', (_what, value) => {
  const { error } = field.safeParse(value)
  expect(error?.issues).toHaveLength(1)
  // Nor are there more below it.
  expect(JSON.stringify(error?.issues).length).toBeLessThan(1_000)
})
