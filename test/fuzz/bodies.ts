import { deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { hostileFragment, hostileText, rightFragment } from './values.ts'

/** A body before it is bytes: its text may have {{}} in it. */
export interface BodyPlan {
  readonly type: string | null
  readonly text: string
  readonly encoding: keyof typeof encoders
  readonly isChunked: boolean
}

const text = (encoding: BufferEncoding) => (text: string) => Buffer.from(text, encoding)

const encoders = {
  utf8: text('utf8'),
  'utf8 with a BOM': (text: string) => Buffer.from(`\ufeff${text}`),
  utf16le: text('utf16le'),
  'utf16le with a BOM': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  latin1: text('latin1'),
  'broken off': (text: string) => Buffer.from(`${text}é`).subarray(0, -1),
  'no UTF-8': (text: string) => Buffer.concat([Buffer.from(text), Buffer.from([0xc0, 0xaf, 0xff])]),
  'overlong UTF-8': (text: string) => Buffer.from(text.replaceAll('"', '\xc0\xa2'), 'latin1'),
  gzip: (text: string) => gzipSync(text),
  deflate: (text: string) => deflateSync(text),
}

export function encode(plan: BodyPlan, text: string): Uint8Array {
  return encoders[plan.encoding](text)
}

export function contentEncodingOf({ encoding }: BodyPlan): string | null {
  return encoding === 'gzip' || encoding === 'deflate' ? encoding : null
}

/** Mostly what a route reads, with one or two fields that are wrong; now and then anything. */
export function hostileBody(fields: readonly string[]): fc.Arbitrary<BodyPlan> {
  return fc.oneof(
    { weight: 6, arbitrary: planned(json(fields), ['application/json']) },
    { weight: 2, arbitrary: planned(form(fields), ['application/x-www-form-urlencoded']) },
    { weight: 1, arbitrary: planned(fc.oneof(json(fields), form(fields), hostileText), types) },
  )
}

const types = [
  'application/json',
  'APPLICATION/JSON; charset=UTF-8',
  'application/json;charset="utf-8"',
  'application/json; charset=utf-16',
  'application/json; charset=latin1; charset=utf-8',
  'application/json, text/plain',
  'application/json;',
  'application/vnd.api+json',
  'application/x-www-form-urlencoded; charset=windows-1252',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'text/plain',
  'text/xml',
  '*/*',
  '/',
  ';',
  '',
  'x'.repeat(4_000),
  null,
]

function planned(
  text: fc.Arbitrary<string>,
  types: readonly (string | null)[],
): fc.Arbitrary<BodyPlan> {
  return fc.record({
    type: fc.constantFrom(...types),
    text,
    encoding: fc.oneof(
      { weight: 9, arbitrary: fc.constant('utf8' as const) },
      { weight: 1, arbitrary: fc.constantFrom(...keysOf(encoders)) },
    ),
    isChunked: fc.boolean(),
  })
}

function keysOf<T extends object>(object: T): (keyof T)[] {
  return Object.keys(object) as (keyof T)[]
}

// A list of members, so that a key can stand in it twice; `__proto__` is one like others.
function json(fields: readonly string[]): fc.Arbitrary<string> {
  const known = fields.map((field) => ({
    field,
    value: fc.oneof(
      { weight: 3, arbitrary: fc.constant<string | null>(rightFragment(field)) },
      { weight: 2, arbitrary: hostileFragment },
      { weight: 1, arbitrary: fc.constant(null) },
    ),
  }))
  const values = fc.tuple(...known.map(({ value }) => value))
  const named = values.map((values) =>
    values.flatMap((value, index) => (value === null ? [] : [[fields[index] ?? '', value]])),
  )
  const names = [
    ...fields,
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'id',
    'user_id',
    '',
  ]
  const strange = fc.array(fc.tuple(fc.constantFrom(...names), hostileFragment), { maxLength: 2 })
  const object = fc.tuple(named, strange).map((parts) => {
    const members = parts.flat().map(([name, value]) => `${JSON.stringify(name)}:${value}`)
    return `{${members.join(',')}}`
  })
  return fc.oneof({ weight: 8, arbitrary: object }, { weight: 1, arbitrary: hostileFragment })
}

function form(fields: readonly string[]): fc.Arbitrary<string> {
  const names = [
    ...fields,
    ...fields.flatMap((field) => [`${field}[]`, `${field}[a]`, `a[${field}]`]),
  ]
  const name = fc.constantFrom(...names, '__proto__', '__proto__[polluted]', 'constructor', '')
  const value = fc.oneof(
    fc.constantFrom(
      '%',
      '%zz',
      '%ff',
      '%00',
      '+',
      '%ed%a0%80',
      '{{email}}',
      '{{password}}',
      '{{link}}',
    ),
    hostileText.map((text) => encodeURIComponent(text.toWellFormed())),
  )
  const pairs = fc.array(fc.tuple(name, value), { maxLength: 6 })
  return pairs.map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'))
}
