// The lines of the guide for those who come from Rails that are made from the table.
import { differences } from './differences.ts'
import { expectedOf, reasonsOf } from './expected.ts'
import { headerDifferences } from './header-differences.ts'
import type { Row } from './row.ts'
import { rows } from './rows.ts'
import { varying } from './varying.ts'

/** A line for each difference, with the rows that name it. */
export function differenceLines(): string[] {
  return Object.entries(differences).map(([name, { rails, latchkey }]) => {
    const ids = rangesOf((row) => reasonsOf(row).some((reason) => reason === name))
    return line(code(name), rails, latchkey, ids)
  })
}

export function headerLines(): string[] {
  return headerDifferences.map(({ header, rails, latchkey, because }) =>
    line(code(header), rails.map(value).join(', '), latchkey.map(value).join(', '), because),
  )
}

export function varyingLines(): string[] {
  return Object.entries(varying).map(([name, { rails, latchkey }]) =>
    line(code(name), rails, latchkey),
  )
}

/** How many rows of each kind are the same, more and otherwise, and how many there are. */
export function countLines(): string[] {
  const groups = Object.entries(groupNames).map(([letter, name]) => ({
    name: `${name} (${letter})`,
    members: rows.filter(({ id }) => id.startsWith(letter)),
  }))
  return [...groups, { name: 'together', members: rows }].map(({ name, members }) => {
    const count = (verdict: Row['latchkey']['is']) =>
      String(members.filter(({ latchkey }) => latchkey.is === verdict).length)
    const other = members.filter((row) => expectedOf(row).status !== row.rails.status)
    return line(
      name,
      count('same'),
      count('more'),
      count('instead'),
      String(other.length),
      String(members.length),
    )
  })
}

/** How often the status of Rails is a 500. */
export function countFaultsOfRails(): number {
  return rows.filter(({ rails }) => rails.status >= 500 && rails.status !== 501).length
}

const groupNames = {
  R: 'sign up',
  S: 'log in',
  L: 'log out',
  A: '`Authorization`',
  H: 'the list, HTTP in general',
  U: 'unknown paths and methods',
  C: 'other origins',
  P: 'forgotten passwords',
}

// Rows that follow each other in the table, three or more, as first–last.
function rangesOf(belongs: (row: Row) => boolean): string {
  const runs: string[][] = []
  let isRunning = false
  for (const row of rows) {
    const isOpen = isRunning && runs.at(-1)?.[0]?.charAt(0) === row.id.charAt(0)
    isRunning = belongs(row)
    if (isRunning && isOpen) runs.at(-1)?.push(row.id)
    else if (isRunning) runs.push([row.id])
  }
  return runs.map((run) => (run.length > 2 ? `${run[0]}–${run.at(-1)}` : run.join(', '))).join(', ')
}

function value(text: string | null): string {
  if (text === null) return 'not sent'
  return text === '' ? 'empty' : code(text)
}

function code(text: string): string {
  return `\`${text}\``
}

function line(...cells: string[]): string {
  return `| ${cells.join(' | ')} |`
}
