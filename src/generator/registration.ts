import { listed } from './resource-code.ts'
import type { ResourceNames } from './resource-names.ts'

/**
 * The table of routes with a resource in it: imported, its scopes named and its routes returned. Null
 * where it is written in another way than the template's, and a person has to do it.
 */
export function register(text: string, names: ResourceNames): string | null {
  const { plural, camel } = names
  // What has that name already may be another thing, or this one; './line-items.ts' has none.
  const code = text.replaceAll(/'[^'\n]*'/g, "''")
  if (new RegExp(`\\b(import|const|let|function|class)\\b.*\\b${camel}\\b`).test(code)) return null
  const imported = addImport(text, importOf(names))
  const scoped = addTo(imported, scopes, [`'${plural}:read'`, `'${plural}:write'`])
  return scoped === null ? null : addTo(scoped, returned, [`...${camel}(database)`])
}

/** The same in words, for whoever has to do it. */
export function registrationSteps(names: ResourceNames): readonly string[] {
  const { plural, camel } = names
  return [
    importOf(names),
    `add '${plural}:read' and '${plural}:write' to the scopes`,
    `add ...${camel}(database) to the routes`,
  ]
}

/** What the pages say of the scopes, with those of a resource; null where that is written in another way. */
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

// Nothing but names and texts, so that no comment and no condition is in it.
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

// Among those of this folder, in the order in which a formatter has them.
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
