import { isIP } from 'node:net'
import type { Count, CountedSubject } from '../../core/counts.ts'
import { parseEmailAddress } from '../../core/email-address.ts'
import { limits, passwordLimits } from '../../core/guard/limits.ts'
import type { RateLimit } from '../../core/guard/rate-limit.ts'
import { type Command, defineCommand } from './command.ts'
import { databaseOptions, withAuth } from './database.ts'
import { oneOf } from './operand.ts'
import { jsonOption, print, printJson, printTable, readable } from './output.ts'
import { parseId } from './page.ts'

const operand = '(EMAIL_ADDRESS | ID | IP_ADDRESS)'

const showLimits = defineCommand(
  {
    name: 'limits show',
    summary: 'Show the limits on attempts, or the current counts of one user or address',
    details: `For an email address, known or not, or the ID of a user: the attempts on that
account. For an IP address: the attempts from there; for IPv6, from its /64.`,
    operands: `[${operand}]`,
    options: { json: jsonOption, ...databaseOptions },
    examples: ['latchkey limits show', 'latchkey limits show ann@example.com'],
  },
  async ({ values, positionals }) => {
    if (positionals.length === 0)
      return values.json ? printJson({ limits: table }) : printDefaults()
    const name = oneOf(positionals, 'One address or ID')
    const counts = await withAuth(values, (auth) => auth.listCounts(parseSubject(name)))
    if (values.json) printJson({ counts: counts.map(toJson) })
    else if (counts.length === 0) print(`Nothing is counted of ${name}.`)
    else printTable([countsHeader, ...counts.map(toRow)])
  },
)

const clearLimits = defineCommand(
  {
    name: 'limits clear',
    summary: 'Let somebody who has tried too often try again',
    details: `A password that was stopped by a hundred failures is accepted again, too. A server
that has just refused them follows within five seconds.`,
    operands: operand,
    options: { json: jsonOption, ...databaseOptions },
    examples: ['latchkey limits clear ann@example.com', 'latchkey limits clear 192.0.2.7'],
  },
  async ({ values, positionals }) => {
    const name = oneOf(positionals, 'One address or ID')
    const subject = parseSubject(name)
    const cleared = await withAuth(values, async (auth) => {
      const counts = await auth.listCounts(subject)
      await auth.clearCounts(subject)
      return counts
    })
    if (values.json) printJson({ cleared: cleared.map(toJson) })
    else if (cleared.length === 0) print(`Nothing was counted of ${name}.`)
    else print(`Cleared what was counted of ${name}: ${cleared.length}`)
  },
)

/** What operators do with rate limits. */
export const limitCommands: readonly Command[] = [showLimits, clearLimits]

function parseSubject(name: string): CountedSubject {
  if (isIP(name) !== 0) return { ipAddress: name }
  return { account: parseEmailAddress(name) ?? parseId(name, 'neither an address nor an ID') }
}

const { failures } = passwordLimits

// Acts without an account limit check a password: there each failure counts against the account.
const table = Object.entries(limits).flatMap(([act, { account, address, both }]) => [
  ...address.map((limit) => limitOf(act, 'address', limit)),
  ...both.map((limit) => limitOf(act, 'both', limit)),
  ...account.map((limit) => limitOf(act, 'account', limit)),
  ...(account.length === 0 ? [limitOf(act, 'account', failures)] : []),
])

function limitOf(act: string, by: string, { name, attempts, windowSeconds }: RateLimit) {
  return { act, by, name, limit: attempts, window_seconds: windowSeconds }
}

function printDefaults(): void {
  const { firstWaitSeconds, longestWaitSeconds, stoppedAfter } = passwordLimits
  const rows = table.map(({ act, by, name, limit, window_seconds: seconds }) => {
    return [act, by, name, String(limit), seconds === null ? 'until one succeeds' : `${seconds} s`]
  })
  printTable([['ACT', 'BY', 'NAME', 'LIMIT', 'WITHIN'], ...rows])
  print(`
From the tenth failure on each waits: ${firstWaitSeconds} s, then twice as long each time, up to ${longestWaitSeconds} s.
After ${stoppedAfter} the right password fails as well, until it is reset.`)
}

// These names are an interface: programs read them.
function toJson({ act, by, limit, count, endsAt }: Count) {
  const { name, limit: most, window_seconds } = limitOf(act, by, limit)
  return {
    act,
    by,
    name,
    count,
    limit: most,
    window_seconds,
    ends_at: endsAt?.toISOString() ?? null,
  }
}

const countsHeader = ['ACT', 'BY', 'NAME', 'COUNT', 'LIMIT', 'ENDS (UTC)']

function toRow({ act, by, limit, count, endsAt }: Count): string[] {
  const ends = endsAt ? readable(endsAt) : 'by a reset'
  return [act, by, limit.name, String(count), String(limit.attempts), ends]
}
