// The page of limits says what the code does, and every route that is limited says what is left.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { deadTokens, limits, passwordLimits } from '../src/core/guard/limits.ts'
import type { WindowLimit } from '../src/core/guard/rate-limit.ts'

const page = readFileSync('docs/reference/limits.md', 'utf8')

const words: Partial<Record<number, string>> = { 180: '3 minutes', 86400: '24 hours' }

function describe(windows: readonly WindowLimit[]): string {
  return windows
    .map(({ attempts, windowSeconds }) => `${attempts} in ${words[windowSeconds]}`)
    .join(', ')
}

test('the page has each act with its limits', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| .* \| (.*) \| (.*) \| (.*) \|$/gm)]
  const stated = rows.map(([, act, address, both, account]) => [act, address, both, account])
  const real = Object.entries(limits).map(([act, { account, address, both }]) => {
    const isPassword = account.length === 0
    const byAccount = isPassword
      ? `${passwordLimits.failures.attempts} failures`
      : describe(account)
    return [act, describe(address), describe(both), byAccount]
  })
  expect(stated).toEqual(real)
})

test('the page has the numbers for passwords and dead tokens', () => {
  const { firstWaitSeconds, longestWaitSeconds, stoppedAfter, forgottenAfterDays, spraying } =
    passwordLimits
  expect(page).toContain(`| ${passwordLimits.failures.attempts} | ${firstWaitSeconds} s |`)
  expect(page).toContain(`| 17 and more | ${longestWaitSeconds / 3_600} h |`)
  expect(page).toContain(`| ${stoppedAfter} | until a recovery`)
  expect(page).toContain(`are forgotten ${forgottenAfterDays} days after the last`)
  expect(page).toContain(`failed on ${spraying.attempts} accounts within an hour`)
  const { bearer, link } = deadTokens
  expect([spraying, bearer, link].map((each) => each.windowSeconds)).toEqual([3_600, 60, 60])
  expect(page).toContain(
    `In each minute, an address gets a 401 for up to ${link.attempts} dead tokens of links`,
  )
  expect(page).toContain(
    `${bearer.attempts.toLocaleString('en')} dead tokens of sessions and API keys`,
  )
})
