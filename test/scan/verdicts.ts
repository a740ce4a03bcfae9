import type { Parameter, ScanRequest } from './requests.ts'

type Verdict = 'not injectable' | 'INJECTABLE' | 'NOT TESTED'

/** What came of one request. */
export interface Finding {
  readonly name: string
  readonly verdicts: ReadonlyMap<string, Verdict>
  readonly requests: number
  readonly statuses: ReadonlyMap<number, number>
  /** How many of the answers were 5xx. */
  readonly faults: number
}

interface Seen {
  /** What sqlmap printed. */
  readonly log: string
  readonly statuses: ReadonlyMap<number, number>
}

/** What sqlmap says of each parameter; silence is no verdict. */
export function findingOf(request: ScanRequest, { log, statuses }: Seen): Finding {
  const clean = namesIn(log, /parameter '(.+)' does not seem to be injectable/g)
  const found = namesIn(log, /parameter '(.+)' is vulnerable/g)
  const verdictOf = (parameter: Parameter): Verdict => {
    const names = namesOf(parameter)
    if (names.some((name) => found.has(name))) return 'INJECTABLE'
    return names.some((name) => clean.has(name)) ? 'not injectable' : 'NOT TESTED'
  }
  const count = (least: number) =>
    [...statuses].reduce((sum, [status, times]) => (status >= least ? sum + times : sum), 0)
  return {
    name: request.name,
    verdicts: new Map(request.parameters.map((each) => [each.name, verdictOf(each)])),
    requests: count(100),
    statuses,
    faults: count(500),
  }
}

/** A line of a table in Markdown. */
export function row({ name, verdicts, requests, statuses }: Finding): string {
  const odd = [...verdicts].filter(([, verdict]) => verdict !== 'not injectable')
  const verdict =
    odd.length === 0 ? 'none injectable' : odd.map((each) => each.join(': ')).join(', ')
  const answers = [...statuses].sort(([a], [b]) => a - b).map((each) => each.join(' × '))
  const parameters = [...verdicts.keys()].map((each) => `\`${each}\``).join(' ')
  return `| \`${name}\` | ${parameters} | ${requests} | ${answers.join(', ')} | ${verdict} |`
}

function namesIn(log: string, pattern: RegExp): ReadonlySet<string> {
  return new Set([...log.matchAll(pattern)].map(([, name = '']) => name))
}

// What sqlmap calls it: it numbers the marks of what has no name.
function namesOf({ name, place }: Parameter): string[] {
  if (place === 'path') return ['#1*', 'JSON #1*']
  if (place === 'list') return [1, 2, 3, 4].map((number) => `JSON #${number}*`)
  if (place === 'header') return [name, `${name} #1*`]
  return [name, `JSON ${name}`]
}
