// A regular expression that meets text from outside takes time in proportion to its length, whatever the
// text: none can backtrack over and over (CWE-1333). What is looked for is two quantifiers that can take
// the same text; not found are two equal alternatives in one, as in (a|a)*.
import { globSync, readFileSync } from 'node:fs'
import { parseSync } from 'oxc-parser'
import { analyse } from 'scslre'
import { expect, test } from 'vitest'
import { regexes } from 'zod'

/** Those that take more, and why no long text reaches them. */
const bounded: Record<string, string> = {
  '/\\/+$/': 'app-url.ts: the configuration, not a request',
  '/\\S*@\\S*/g': 'reason.ts: at most 300 characters, which printable() leaves',
  '/^[\\0\\t-\\r ]+|[\\0\\t-\\r ]+$/g':
    'email-address.ts: at most 1,016 characters, measured before',
}

/** Those that are put together when the program runs, as they are written. */
const assembled = [
  // At most 254 characters, measured before.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as it is written there
  "new RegExp(`^${atom}(?:\\\\.${atom})*$`, 'u')",
  // Of one length.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as it is written there
  'new RegExp(`^[${alphabet}]{${secretLength + checksumLength}}$`)',
  // As many parts as the prefix has that the application gave.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as it is written there
  'new RegExp(`^(?:/[^/?]*){${depth}}`)',
]

const { literals, made } = findAll()

test('every regular expression of the source is linear, or its text is short', () => {
  expect(literals.length).toBeGreaterThan(80)
  const slow = literals.filter(isSlow).map(String)
  expect([...new Set(slow)].sort()).toEqual(Object.keys(bounded).sort())
})

test('so are those of zod that a field of a request is held against', () => {
  const used = [regexes.uuid(), regexes.datetime({ offset: true })]
  expect(used.filter(isSlow)).toEqual([])
})

test('the check knows a slow one', () => {
  for (const slow of [/^(a+)+$/, /a+$/, /^\s*(\s*x)?\s*$/]) expect(isSlow(slow)).toBe(true)
})

test('an expression that is put together is looked at by a person', () => {
  expect(made).toEqual(assembled)
})

function isSlow(expression: RegExp): boolean {
  // `Move`: from every place in the text that it is tried at, to the end.
  return analyse(expression, { reportTypes: { Move: true } }).reports.length > 0
}

function findAll() {
  const literals: RegExp[] = []
  const made: string[] = []
  for (const file of [...globSync('src/**/*.ts'), ...globSync('templates/*/*.ts')].sort()) {
    // A generator reads the files of whoever runs it, and nothing from outside.
    if (file.endsWith('.test.ts') || file.startsWith('src/generator/')) continue
    const source = readFileSync(file, 'utf8')
    visit(parseSync(file, source).program, (node) => {
      if (node.regex) literals.push(new RegExp(node.regex.pattern, node.regex.flags))
      const isMade = node.type === 'NewExpression' && node.callee?.name === 'RegExp'
      if (isMade) made.push(source.slice(node.start, node.end))
    })
  }
  return { literals, made }
}

// biome-ignore lint/suspicious/noExplicitAny: a tree whose nodes are of a hundred types
function visit(node: any, see: (node: any) => void): void {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node)) see(node)
  for (const child of Object.values(node)) visit(child, see)
}
