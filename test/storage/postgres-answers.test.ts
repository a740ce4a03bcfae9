// What a pooler, or whatever else is on the way to PostgreSQL, may answer instead of it.
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { openPostgres } from 'latchkey/postgres'
import type { Database, Row } from 'latchkey/server'
import { expect, onTestFinished, test } from 'vitest'
import { until } from '../until.ts'

const same = (row: Row) => row

test('a connection that is opened and ended in one packet ends nothing else', async () => {
  const { database } = await openWith((socket, asked) => {
    const end = failure('FATAL', '57P01', 'terminating connection')
    if (asked === 0) socket.end(Buffer.concat([opened, end]))
  })
  for (let time = 1; time <= 3; time++) {
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'unavailable' })
  }
})

// PgBouncer had the severity ERROR before it had FATAL.
test.each(['ERROR', 'FATAL'])(
  'what PgBouncer says of a PostgreSQL that is away is unavailable: %s',
  async (severity) => {
    const { database } = await openWith((socket, asked) => {
      if (asked === 0) socket.write(opened)
      else socket.end(failure(severity, '08P01', 'server conn crashed?'))
    })
    const away = { code: 'unavailable', cause: { message: 'server conn crashed?' } }
    await expect(database.lookUp('SELECT 1', [], same)).rejects.toMatchObject(away)
    await expect(database.query('SELECT 1')).rejects.toMatchObject(away)
    const writing = database.transaction((transaction) => transaction.query('SELECT 1'))
    await expect(writing).rejects.toThrow('unavailable')
  },
)

test('a message that PostgreSQL itself does not understand stays a fault', async () => {
  const { database } = await openWith((socket, asked) => {
    const misunderstood = failure('ERROR', '08P01', 'wrong format', 'exec_bind_message')
    socket.write(asked === 0 ? opened : Buffer.concat([misunderstood, ready]))
  })
  const fault = { name: 'error', code: '08P01' }
  await expect(database.lookUp('SELECT 1', [], same)).rejects.toMatchObject(fault)
  await expect(database.query('SELECT 1')).rejects.toMatchObject(fault)
})

test('a connection with an answer that nobody has asked for is ended, and not used for the next look-up', async () => {
  const { database, sockets } = await openWith((socket, asked) => {
    const row = packet('D', Buffer.from([0, 1, 0, 0, 0, 1, 0x31]))
    if (asked === 0) socket.write(opened)
    else socket.write(Buffer.concat([failure('ERROR', '57014', 'cancelled'), ready, row]))
  })
  await expect(database.lookUp('SELECT 1', [], same)).rejects.toThrow('unavailable')
  await until(() => expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]))
  for (let turn = 0; turn < 2; turn++) {
    await expect(database.lookUp('SELECT 1', [], same)).rejects.toThrow('unavailable')
  }
  expect(sockets).toHaveLength(3)
})

/** A database of a server that answers each packet as it is told to; the first packet opens a connection. */
async function openWith(
  answer: (socket: Socket, asked: number) => void,
): Promise<{ readonly database: Database; readonly sockets: readonly Socket[] }> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}))
    let asked = 0
    socket.on('data', () => answer(socket, asked++))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const database = await openPostgres(
    `postgres://ann@127.0.0.1:${Object(server.address()).port}/app`,
  )
  onTestFinished(async () => {
    await database.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { database, sockets }
}

// PostgreSQL's messages: a letter, the length with itself, the rest.
function packet(letter: string, rest: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(rest.length + 4)
  return Buffer.concat([Buffer.from(letter), length, rest])
}

const ready = packet('Z', Buffer.from('I'))
const opened = Buffer.concat([packet('R', Buffer.alloc(4)), ready])

// PostgreSQL says in which routine of its own the error arose, a pooler does not.
function failure(...[severity, code, message, routine]: string[]): Buffer {
  const fields = [`S${severity}`, `V${severity}`, `C${code}`, `M${message}`]
  const all = routine === undefined ? fields : [...fields, `R${routine}`]
  return packet('E', Buffer.from(`${all.join('\0')}\0\0`))
}
