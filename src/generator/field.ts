import { isReservedColumn } from './reserved.ts'

/** A field with a column: its name, its type, and whether it may be null. */
export interface Field {
  readonly name: string
  readonly type: FieldType
  readonly isOptional: boolean
}

export type FieldType = keyof typeof fieldTypes

/** How each type is validated, stored and shown; the samples are code, and the last one is invalid. */
export const fieldTypes = {
  string: {
    schema: 'textField({ maximumLength: 200 })',
    shown: 'z.string()',
    columns: { sqlite: 'TEXT', postgres: 'text' },
    samples: ["'Garden'", "'Kitchen'", '5'],
  },
  text: {
    schema: 'textField({ minimumLength: 0, maximumLength: 10_000 })',
    shown: 'z.string()',
    columns: { sqlite: 'TEXT', postgres: 'text' },
    samples: ["'Beans, peas\\nand a shed'", "'Nothing'", '5'],
  },
  integer: {
    schema: 'z.int32()',
    shown: 'z.int32()',
    columns: { sqlite: 'INTEGER', postgres: 'integer' },
    samples: ['7', '-8', '2_147_483_648'],
  },
  number: {
    schema: 'z.number()',
    shown: 'z.number()',
    columns: { sqlite: 'REAL', postgres: 'double precision' },
    samples: ['1.5', '-0.25', "'much'"],
  },
  boolean: {
    schema: 'z.boolean()',
    shown: 'z.boolean()',
    columns: { sqlite: 'INTEGER', postgres: 'boolean' },
    samples: ['true', 'false', "'yes'"],
  },
  date: {
    schema: 'z.iso.date().refine(hasYear)',
    shown: 'z.iso.date()',
    columns: { sqlite: 'TEXT', postgres: 'date' },
    samples: ["'2026-03-01'", "'2028-02-29'", "'2026-02-29'"],
  },
  datetime: {
    schema: 'z.iso.datetime().refine(hasYear)',
    shown: 'z.iso.datetime()',
    columns: { sqlite: 'INTEGER', postgres: 'timestamptz' },
    samples: ["'2026-03-01T09:30:00.000Z'", "'2026-03-02T00:00:00.500Z'", "'0000-01-01T00:00:00Z'"],
  },
  uuid: {
    schema: 'z.uuid().toLowerCase()',
    shown: 'z.uuid()',
    columns: { sqlite: 'TEXT', postgres: 'uuid' },
    samples: [
      "'01a2092d-ade0-7192-99f2-8b7422722487'",
      "'01a2092d-ade0-7192-99f2-8b7422722488'",
      "'none'",
    ],
  },
  email: {
    schema: 'z.email().max(254)',
    shown: 'z.email()',
    columns: { sqlite: 'TEXT', postgres: 'text' },
    samples: ["'ann@example.com'", "'bob@example.com'", "'ann'"],
  },
} as const

/** Parses `title:string`, `due:date?` and so on. A returned text says what is wrong with them. */
export function parseFields(words: readonly string[]): readonly Field[] | string {
  if (words.length === 0) return 'At least one field is needed, such as title:string'
  if (words.length > maximumFields) return `At most ${maximumFields} fields can be had`
  const fields: Field[] = []
  for (const word of words) {
    const field = parseField(word)
    if (typeof field === 'string') return field
    if (fields.some(({ name }) => name === field.name)) return `${field.name} is there twice`
    fields.push(field)
  }
  return fields
}

const maximumFields = 40
const maximumName = 25

function parseField(word: string): Field | string {
  const [, name = '', type = '', optional] = /^([^:]*):([a-z]*)(\?|:optional)?$/.exec(word) ?? []
  if (name === '') return `'${word}' is no field, such as title:string or due:date?`
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name) || name.length > maximumName) {
    return `'${name}' is no name of a field: at most ${maximumName} small letters, digits and _, a letter first`
  }
  if (own.includes(name)) return `Every row has ${name} already: leave it out`
  if (isReservedColumn(name)) return `${name} is a word of SQL: take another for the field`
  if (!isType(type)) return `'${type}' is no type of a field: ${Object.keys(fieldTypes).join(', ')}`
  return { name, type, isOptional: optional !== undefined }
}

const own = ['id', 'user_id', 'created_at', 'updated_at']

function isType(type: string): type is FieldType {
  return Object.hasOwn(fieldTypes, type)
}
