import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { check, type Findings } from './checker.ts'
import type { Entry } from './history.ts'
import { faultOptions } from './options.ts'

/** Judges a history, prints its row, and fails where it proves something. */
export function conclude(scenario: string, database: string, entries: readonly Entry[]): Findings {
  const findings = check(entries)
  const row = `| ${rowOf(scenario, database, { findings, entries }).join(' | ')} |`
  console.log(row)
  const { folder } = faultOptions()
  if (folder !== null) appendFileSync(join(folder, 'rows.md'), `${row}\n`)
  const { lost, resurrected, torn, phantoms, mailsLost, rowless, damage, broken } = findings
  expect({ lost, resurrected, torn, phantoms, mailsLost, rowless, damage, broken }).toEqual({
    ...{ lost: [], resurrected: [], torn: [], phantoms: [] },
    ...{ mailsLost: [], rowless: [], damage: [], broken: [] },
  })
  return findings
}

function rowOf(
  scenario: string,
  database: string,
  { findings, entries }: { findings: Findings; entries: readonly Entry[] },
): (string | number)[] {
  const faults = entries.filter((entry) => entry.type === 'fault')
  const seconds = faults.map(({ recoveredAfter }) => recoveredAfter / 1_000).sort((a, b) => a - b)
  const { acknowledged, unknown, observations, lost, resurrected, torn, duplicates } = findings
  return [
    ...[scenario, database, faults.length, new Set(faults.map(({ point }) => point)).size],
    ...[acknowledged, unknown, observations, lost.length, resurrected.length, torn.length],
    ...[duplicates, findings.mailsLost.length, findings.givenUp],
    ...[inTenths(seconds[Math.floor(seconds.length / 2)]), inTenths(seconds.at(-1))],
  ]
}

function inTenths(seconds: number | undefined): string {
  return seconds === undefined ? '–' : seconds.toFixed(1)
}
