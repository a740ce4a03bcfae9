// What files of CSV and of JSON lines are like, when others have written them.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCsv } from '../../src/transfer/csv.ts'
import { openNdjson } from '../../src/transfer/ndjson.ts'
import type { OriginRow } from '../../src/transfer/origin.ts'
import { temporaryFolder } from '../harness.ts'

const header = 'email_address,password_hash'

async function read(open: typeof openCsv, content: string | Uint8Array): Promise<string[]> {
  const file = join(temporaryFolder(), 'users')
  writeFileSync(file, content)
  const origin = await open(file, null, 'file')
  const rows: string[] = []
  try {
    for await (const row of origin.read()) rows.push(describe(row))
  } catch (error) {
    rows.push(String(error))
  } finally {
    await origin.close()
  }
  return rows
}

function describe(row: OriginRow): string {
  if (row.type === 'fault') return `${row.where}: ${row.reason}`
  return row.type === 'user' ? `${row.where}: ${row.emailAddress} ${row.passwordHash}` : row.type
}

const readCsv = (content: string | Uint8Array) => read(openCsv, content)
const readNdjson = (content: string | Uint8Array) => read(openNdjson, content)
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')

test.each<[string, string | Uint8Array, string[]]>([
  ['a byte order mark', `\ufeff${header}\na,b\n`, ['line 2: a b']],
  ['line breaks of Windows', `${header}\r\na,b\r\nc,d\r\n`, ['line 2: a b', 'line 3: c d']],
  ['no line break at the end', `${header}\na,b`, ['line 2: a b']],
  ['empty lines', `${header}\n\na,b\n\n`, ['line 3: a b']],
  ['quotes, and commas inside', `${header}\n"a,""x""","b"\n`, ['line 2: a,"x" b']],
  ['a line break inside', `${header}\n"a\nx",b\nc,d\n`, ['line 3: a\nx b', 'line 4: c d']],
  ['columns that nobody asks for', `x,${header},y\n1,a,b,2\n`, ['line 2: a b']],
  ['too few columns', `${header}\na\nc,d\n`, ['line 2: malformed_line', 'line 3: c d']],
  ['too many columns', `${header}\na,b,c\nc,d\n`, ['line 2: malformed_line', 'line 3: c d']],
  ['a quote in the midst', `${header}\na,x"y"\nc,d\n`, ['line 2: malformed_line', 'line 3: c d']],
  ['NUL', `${header}\na\0,b\n`, ['line 2: a\0 b']],
  ['Latin-1', Buffer.from(`${header}\n\xe4,b\n`, 'latin1'), ['line 2: \ufffd b']],
  ['no lines', '', [expect.stringMatching(/has no line that names its columns/)]],
  // Whose row it is, and its hash, are not said.
  [
    'no header',
    'a@x.example,$2b$\n',
    [expect.stringMatching(/address, but a first line that names no/)],
  ],
  [
    'semicolons',
    'email_address;password_hash\nann@example.com;\n',
    [expect.stringMatching(/first line has no comma/)],
  ],
  [
    'two columns of one name',
    'email_address,password_hash,email_address \nann@example.com,,ben@example.com\n',
    [expect.stringMatching(/The file has two columns email_address: rename the one/)],
  ],
  ['UTF-16, and says so', utf16(`${header}\na,b\n`), ['line 2: a b']],
  ['UTF-16', utf16(header).subarray(2), [expect.stringMatching(/not in UTF-8.*iconv/)]],
])('a CSV file with %s', async (_quirk, content, expected) => {
  expect(await readCsv(content)).toEqual(expected)
})

test.each([
  ['a field of more than 1 MB', `a,${'x'.repeat(1_048_577)}`],
  ['a quote that is not closed', 'a,"b'],
  ['a quote that is closed too early', 'a,"b"c'],
])('a CSV file is not read on behind %s, and that is said', async (_fault, line) => {
  const rows = await readCsv(`${header}\nfirst,x\n${line}\nlast,y\n`)
  expect(rows).toContain('line 2: first x')
  expect(rows.at(-1)).toMatch(/^OriginError: Up to line [34] .* Nothing behind it was read$/)
  expect(rows.join()).not.toContain('last')
})

const user = (address: string) => `{"email_address":"${address}","password_hash":"b"}`

test.each<[string, string | Uint8Array, string[]]>([
  ['a byte order mark', `\ufeff${user('a')}\n`, ['line 1: a b']],
  [
    'line breaks of Windows',
    `${user('a')}\r\n\r\n${user('c')}\r\n`,
    ['line 1: a b', 'line 3: c b'],
  ],
  ['no line break at the end', `${user('a')}\n${user('c')}`, ['line 1: a b', 'line 2: c b']],
  ['no JSON', `nonsense\n${user('c')}\n`, ['line 1: malformed_line', 'line 2: c b']],
  ['no object', `[1]\nnull\n7\n`, [1, 2, 3].map((line) => `line ${line}: malformed_line`)],
  ['an inherited name', '{"__proto__":{"email_address":"a"}}', ['line 1: missing_field']],
  [
    'a name that is mistyped',
    '{"email_address":"a","passwordHash":"b"}',
    ['line 1: missing_field'],
  ],
  ['nobody’s password', '{"email_address":"a","password_hash":null}', ['line 1: a null']],
  [
    'bytes that are no UTF-8',
    Buffer.from(`${user('\xe4')}\n${user('c')}\n`, 'latin1'),
    ['line 1: malformed_line', 'line 2: c b'],
  ],
  ['UTF-16', utf16(user('a')), ['line 1: malformed_line']],
  [
    'more than 1 MB in a line',
    `${user('a'.repeat(1_048_576))}\n${user('c')}\n`,
    ['line 1: line_too_long', 'line 2: c b'],
  ],
  ['nothing in it', '', ['OriginError: There is no line in it']],
  ['another version of an export', '{"type":"latchkey_export","version":2}', ['rejected']],
])('a file of JSON lines with %s', async (_quirk, content, expected) => {
  const rows = await readNdjson(content).catch((error) => {
    expect(String(error)).toMatch(/is of version 2; this Latchkey reads version 1/)
    return ['rejected']
  })
  expect(rows).toEqual(expected)
})

test('how many rows there will be is known of a file', async () => {
  const file = join(temporaryFolder(), 'users')
  writeFileSync(file, `${header}\na,b\nc,d\n`)
  expect(await (await openCsv(file, null, 'csv')).count()).toBe(2)
})

test('an id of 64 bits is kept digit by digit, and what is no id is refused', async () => {
  const ids = [
    '1541815603606036481',
    '1541815603606036482',
    '17',
    '"17a"',
    '{"$oid":"507f"}',
    'true',
    '[1]',
  ]
  const line = (id: string) =>
    `{"id":${id},"email_address":"a","password_hash":"1234567890123456789"}`
  const file = join(temporaryFolder(), 'users')
  writeFileSync(file, ids.map(line).join('\n'))
  const origin = await openNdjson(file, null, 'file')
  const read: (string | null)[] = []
  for await (const row of origin.read()) if (row.type === 'user') read.push(row.originId)
  await origin.close()
  // None has a control character: it is refused as invalid_id.
  expect(read).toEqual([
    '1541815603606036481',
    '1541815603606036482',
    '17',
    '17a',
    '\0',
    '\0',
    '\0',
  ])
})
