import { listed } from './resource-code.ts'
import type { ResourceNames } from './resource-names.ts'

/**
 * Adds a resource to the table of routes: its import, its scopes and its routes. Null if the table is not written as
 * in the template, so that it has to be done by hand.
 */
export function register(text: string, names: ResourceNames): string | null {
  const { plural, camel } = names
  // The name may be in use already. Strings are left out, since './line-items.ts' contains it too.
  const code = text.replaceAll(/'[^'\n]*'/g, "''")
  if (new RegExp(`\\b(import|const|let|function|class)\\b.*\\b${camel}\\b`).test(code)) return null
  const imported = addImport(text, importOf(names))
  const scoped = addTo(imported, scopes, [`'${plural}:read'`, `'${plural}:write'`])
  return scoped === null ? null : addTo(scoped, returned, [`...${camel}(database)`])
}

/** The same as instructions, for doing it by hand. */
export function registrationSteps(names: ResourceNames): readonly string[] {
  const { plural, camel } = names
  return [
    importOf(names),
    `add '${plural}:read' and '${plural}:write' to the scopes`,
    `add ...${camel}(database) to the routes`,
  ]
}

/** Adds a resource to the descriptions of scopes in the pages; null if they are not written as in the template. */
export function describeScopes(text: string, { plural, words }: ResourceNames): string | null {
  const lines = `  '${plural}:read': 'See your ${words.plural}',
  '${plural}:write': 'Create, change and delete your ${words.plural}',
`
  const [before, inside, after, ...more] = text.split(described)
  if (inside === undefined || after === undefined || more.length > 0) return null
  return before + inside + lines + after
}

function importOf({ camel, file }: ResourceNames): string {
  const source = `./${file}.ts`
  return `import { ${camel} } from '${source}'`
}

// Matches only names and texts, not a list with a comment or a condition.
const scopes = /^(export const scopes = \[)([\s\w':,.*-]*)(\])$/gm
const returned = /^( *return \[)([\s\w.,]*(?:\(database\)[\s\w.,]*)*)(\])$/gm
const described = /(^export const scopes: [^\n]*= \{\n(?: {2}'[^'\n]*': '[^'\n]*',\n)*)(?=\}$)/m

function addTo(text: string | null, list: RegExp, items: readonly string[]): string | null {
  const [found, ...more] = text?.matchAll(list) ?? []
  if (text === null || found === undefined || more.length > 0) return null
  const [all, begin = '', inside = '', end = ''] = found
  const present = inside.split(',').map((item) => item.trim())
  const lines = listed(begin, [...present.filter(Boolean), ...items], end)
  return text.slice(0, found.index) + lines + text.slice(found.index + all.length)
}

// Among the imports from the same folder, in a formatter's order.
function addImport(text: string, line: string): string | null {
  const local = [...text.matchAll(/^import \{[^}]*\} from '(\.\/[^']+)'$/gm)]
  const last = local.at(-1)
  if (last === undefined) return null
  const place = (source: string) => source.replace(/^.* from /, '')
  const next = local.find(([each]) => place(each) > place(line))
  if (next) return `${text.slice(0, next.index)}${line}\n${text.slice(next.index)}`
  const end = last.index + last[0].length
  return `${text.slice(0, end)}\n${line}${text.slice(end)}`
}
