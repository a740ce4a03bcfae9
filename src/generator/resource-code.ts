import type { Choices } from './choices.ts'
import { type Field, fieldTypes } from './field.ts'
import type { ResourceNames } from './resource-names.ts'

/** Writes a part of the code that depends on the fields; the template contains it for its own fields. */
type Part = (fields: readonly Field[]) => string

/** The fields of the template's own resource. */
const ofTemplate: readonly Field[] = [
  { name: 'title', type: 'string', isOptional: false },
  { name: 'description', type: 'text', isOptional: true },
]

/** `projects.ts` of the template, for another resource. */
export function resourceCode(template: string, names: ResourceNames, fields: readonly Field[]) {
  return rewrite(rename(template, names), fields, [
    ...[imports, checks, schemas, shown, columns, inserted, updated, values, read],
  ])
}

/** `projects.test.ts` of the template, for another resource. */
export function resourceTests(template: string, names: ResourceNames, fields: readonly Field[]) {
  return rewrite(rename(template, names), fields, [samples])
}

/** `0001_projects.sql` of the template for one of the databases, for another resource. */
export function resourceMigration(
  template: string,
  names: ResourceNames,
  { fields, database }: { fields: readonly Field[]; database: Choices['database'] },
): string {
  return rewrite(rename(template, names), fields, [(each) => tableColumns(each, database)])
}

function rewrite(text: string, fields: readonly Field[], parts: readonly Part[]): string {
  return parts.reduce((whole, part) => {
    const [before, after, ...more] = whole.split(part(ofTemplate))
    if (before === undefined || after === undefined || more.length > 0) {
      throw new Error(`The template does not have once: ${part(ofTemplate)}`)
    }
    return before + part(fields) + after
  }, text)
}

function rename(text: string, { plural, singular, camel, type, words }: ResourceNames): string {
  return text.replace(
    /\b(a|your|The|no) (projects?)\b|\b(function )?(projects|project)|(Project)/g,
    (_all, word?: string, spoken?: string, keyword?: string, name?: string) => {
      if (word === 'a') return words.one
      if (word !== undefined)
        return `${word} ${spoken === 'projects' ? words.plural : words.singular}`
      if (keyword !== undefined) return keyword + camel
      if (name === undefined) return type
      return name === 'projects' ? plural : singular
    },
  )
}

const imports: Part = (fields) => {
  const code = [schemas, values, read].map((part) => part(fields)).join('\n')
  const used = exported.filter((name) => {
    const isAlways = !optionalImports.includes(name)
    return isAlways || new RegExp(`\\b${name}\\(`).test(code)
  })
  return `import {\n${used.map((name) => `  ${name},\n`).join('')}} from 'latchkey/server'`
}

// In a formatter's order.
const exported = [
  ...[
    'answer',
    'type Connection',
    'type Database',
    'pageOf',
    'pageQuery',
    'type Route',
    'type Row',
  ],
  ...['readInstant', 'readNumber', 'readNumberOrNull', 'readText', 'readTextOrNull', 'refuse'],
  ...['route', 'textField', 'toTimestamp', 'type Value'],
]
const optionalImports = ['readNumber', 'readNumberOrNull', 'readTextOrNull', 'textField']

const schemas: Part = (fields) => {
  const optional = fields.filter(({ isOptional }) => isOptional)
  const named = (each: Field, rest: string) =>
    `  ${each.name}: fields.shape.${each.name}.${rest},\n`
  const wanted = fields.map((each) => {
    return `  ${each.name}: ${fieldTypes[each.type].schema}${each.isOptional ? '.nullable()' : ''},\n`
  })
  return [
    `const fields = z.object({\n${wanted.join('')}})\n`,
    optional.length === 0
      ? 'const newFields = fields\n'
      : `const newFields = fields.extend({\n${optional.map((each) => named(each, 'default(null)')).join('')}})\n`,
    `const changes = z.object({\n${fields.map((each) => named(each, 'exactOptional()')).join('')}})\n`,
  ].join('')
}

const checks: Part = (fields) => {
  const isDay = fields.some(({ type }) => type === 'date' || type === 'datetime')
  return `const id = z.object({ id: z.uuid().toLowerCase() })\n${isDay ? hasYear : ''}`
}

const hasYear = `// Not every database has a year 0.
const hasYear = (text: string) => text >= '0001'
`

const shown: Part = (fields) => {
  const lines = fields.map(({ name, type, isOptional }) => {
    return `  ${name}: ${fieldTypes[type].shown}${isOptional ? '.nullable()' : ''},\n`
  })
  return `  id: z.uuid(),\n${lines.join('')}  created_at: z.iso.datetime(),\n`
}

const columns: Part = (fields) => {
  const names = ['id', ...fields.map(({ name }) => name), 'created_at', 'updated_at']
  const line = `const columns = '${names.join(', ')}'`
  return line.length <= lineWidth ? line : `const columns = \`\n${filled(names, '  ')}\``
}

const inserted: Part = (fields) => {
  const names = ['user_id', 'id', 'created_at', 'updated_at', ...fields.map(({ name }) => name)]
  const places = ['$1', '$2', '$3', '$3', ...fields.map((_field, index) => `$${index + 4}`)]
  const line = `  ) VALUES (${places.join(', ')})`
  const end = line.length <= lineWidth ? line : `  ) VALUES (\n${filled(places, '    ')}\n  )`
  return `${filled(names, '    ')}\n${end}`
}

const updated: Part = (fields) => {
  const set = fields.map(({ name }, index) => `${name} = $${index + 3}`)
  return filled(['updated_at = $2', ...set], '    ')
}

const values: Part = (fields) => listed('  return [', fields.map(toValue), ']')

// The parameters of statements may not be booleans, and instants may not be texts.
function toValue({ name, type, isOptional }: Field): string {
  const value = `fields.${name}`
  const stored = { boolean: `Number(${value})`, datetime: `new Date(${value})` }
  if (type !== 'boolean' && type !== 'datetime') return value
  return isOptional ? `${value} === null ? null : ${stored[type]}` : stored[type]
}

const read: Part = (fields) => {
  const lines = fields.map((field, index) => `    ${field.name}: ${toRead(field, index + 1)},\n`)
  const [created, updated] = [fields.length + 1, fields.length + 2]
  return `    id: readText(row[0]),
${lines.join('')}    created_at: toTimestamp(readInstant(row[${created}])),
    updated_at: toTimestamp(readInstant(row[${updated}])),
`
}

function toRead({ type, isOptional }: Field, index: number): string {
  const value = `row[${index}]`
  const orNull = isOptional ? 'OrNull' : ''
  const isNull = isOptional ? `${value} === null ? null : ` : ''
  if (type === 'integer' || type === 'number') return `readNumber${orNull}(${value})`
  if (type === 'boolean') return `${isNull}readNumber(${value}) === 1`
  if (type === 'datetime') return `${isNull}toTimestamp(readInstant(${value}))`
  return `readText${orNull}(${value})`
}

const samples: Part = (fields) => {
  const [first] = fields
  const sent = fields.map(({ name, type }) => `  ${name}: ${fieldTypes[type].samples[0]},\n`)
  const changed = fields.map(({ name, type, isOptional }) => {
    return `  ${name}: ${isOptional ? 'null' : fieldTypes[type].samples[1]},\n`
  })
  const refused = first ? `  ${first.name}: ${fieldTypes[first.type].samples[2]},\n` : ''
  return `const sent = {\n${sent.join('')}}
const changed = {\n${changed.join('')}}
const refused = {\n${refused}}
`
}

function tableColumns(fields: readonly Field[], database: Choices['database']): string {
  const [uuid, instant] = database === 'sqlite' ? ['TEXT', 'INTEGER'] : ['uuid', 'timestamptz']
  const rows = [
    ['id', uuid, 'NOT NULL PRIMARY KEY'],
    ['user_id', uuid, 'NOT NULL REFERENCES users (id) ON DELETE CASCADE'],
    ...fields.map((field) => {
      const null_ = field.isOptional ? [] : ['NOT NULL']
      const isBit = database === 'sqlite' && field.type === 'boolean'
      const rules = [...null_, ...(isBit ? [`CHECK (${field.name} IN (0, 1))`] : [])]
      return [field.name, fieldTypes[field.type].columns[database], rules.join(' ')]
    }),
    ['created_at', instant, 'NOT NULL'],
    ['updated_at', instant, 'NOT NULL'],
  ]
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  const typeWidth = database === 'postgres' ? width(1) : 0
  const lines = rows.map(([name = '', type = '', rules = '']) => {
    return `  ${name.padEnd(width(0))} ${type.padEnd(typeWidth)} ${rules}`.trimEnd()
  })
  return lines.join(',\n')
}

const lineWidth = 100

/** A list as a formatter writes it: on one line if it fits, or with a line for each item. */
export function listed(begin: string, items: readonly string[], end: string): string {
  const line = begin + items.join(', ') + end
  if (line.length <= lineWidth) return line
  const [indent = ''] = /^ */.exec(begin) ?? []
  return `${begin}\n${items.map((item) => `${indent}  ${item},\n`).join('')}${indent}${end}`
}

// As many items on each line as fit.
function filled(items: readonly string[], indent: string): string {
  const lines: string[] = []
  for (const [index, item] of items.entries()) {
    const text = index === items.length - 1 ? item : `${item},`
    const last = lines.at(-1)
    if (last === undefined || `${last} ${text}`.length > lineWidth) lines.push(indent + text)
    else lines[lines.length - 1] = `${last} ${text}`
  }
  return lines.join('\n')
}
