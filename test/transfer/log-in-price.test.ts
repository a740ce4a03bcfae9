// What an import says of the hashes that it brings: everybody who logs in pays for them.
import { expect, test } from 'vitest'
import { run } from '../cli/command.ts'
import { bcrypt, csv, otherBcrypt, prepareTarget, write } from './importing.ts'

const dear = bcrypt.replace('$04$', '$08$')
const file = csv(
  ['1', 'ann@example.com'],
  ['2', 'ben@example.com', otherBcrypt],
  ['3', 'cleo@example.com', dear],
  ['4', 'dan@example.com', ''],
)
const sentence =
  /^Each log-in (takes|would take) about \d+ ms on this machine: \d+ ms of its own, (.*)\. .*latchkey users forget-hashes ends it/m

test('an import says which hashes there are, of how many users, what a log-in costs and what ends it', async () => {
  const target = await prepareTarget()
  const { command } = target
  write(target, 'users.csv', file)
  const dry = await run(command, 'latchkey import csv users.csv --dry-run')
  const wet = await run(command, 'latchkey import csv users.csv')
  for (const { stdout } of [dry, wet]) {
    const rows = stdout.split('\n').filter((line) => line.startsWith('hashes:'))
    expect(rows.map((row) => row.split(/ {2,}/))).toEqual([
      ['hashes: bcrypt/4', '2'],
      ['hashes: bcrypt/8', '1'],
    ])
  }
  const said = [dry, wet].map(({ stderr }) => sentence.exec(stderr))
  expect(said.map((each) => each?.[1])).toEqual(['would take', 'takes'])
  for (const each of said) {
    const costs = each?.[2]?.split(', ').map((cost) => cost.replace(/^\d+ /, 'N ')) ?? []
    expect(costs.sort()).toEqual(['N ms for bcrypt/4 (2 users)', 'N ms for bcrypt/8 (1 user)'])
  }
  await run(command, 'latchkey users forget-hashes')
  const none = await run(command, 'latchkey import csv users.csv')
  expect(none.stdout).not.toContain('hashes:')
  expect(none.stderr).not.toContain('log-in')
}, 60_000)

test('for programs it says the same, also of hashes that are replaced there and of an import before', async () => {
  const target = await prepareTarget()
  const { command } = target
  write(target, 'before.csv', csv(['9', 'eve@example.com']))
  await run(command, 'latchkey import csv before.csv --origin before')
  write(target, 'users.csv', file)
  const line = 'latchkey import csv users.csv --json'
  const schemesOf = (json: string) =>
    JSON.parse(json)
      .password_schemes.map(({ scheme, users }: Record<string, unknown>) => [scheme, users])
      .sort()
  const expected = [
    ['bcrypt/4', 3],
    ['bcrypt/8', 1],
  ]
  const dry = await run(command, `${line} --dry-run`)
  const wet = await run(command, line)
  expect([dry, wet].map(({ stdout }) => schemesOf(stdout))).toEqual([expected, expected])
  const { password_schemes: schemes, log_in_milliseconds: all } = JSON.parse(wet.stdout)
  const sum = schemes.reduce((total: number, each: { milliseconds: number }) => {
    return total + each.milliseconds
  }, 0)
  expect(all).toBeGreaterThan(sum)
  write(target, 'users.csv', file.replace(dear, bcrypt))
  const changed = [await run(command, `${line} --dry-run`), await run(command, line)]
  expect(changed.map(({ stdout }) => schemesOf(stdout))).toEqual([
    [['bcrypt/4', 4]],
    [['bcrypt/4', 4]],
  ])
}, 60_000)
