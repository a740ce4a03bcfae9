// What a form spells for routes of an application's own: its fields are texts, and nothing else.
import { answer, createApp, route, textField } from 'latchkey/server'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { read, startServer } from '../harness.ts'

const task = route({
  method: 'POST',
  path: '/tasks',
  access: 'public',
  summary: 'Say what was understood',
  body: z.object({
    title: textField({ maximumLength: 200 }).exactOptional(),
    done: z.boolean().exactOptional(),
    urgent: z.boolean().nullable().default(null),
    points: z.int32().exactOptional(),
    weight: z.number().nullable().exactOptional(),
  }),
  answers: { 200: { description: 'The same', body: z.unknown() } },
  handle: ({ body }) => answer({ understood: body }),
})

async function send(body: string, type: 'x-www-form-urlencoded' | 'json') {
  const { auth } = await startServer()
  const headers = { 'content-type': `application/${type}` }
  const app = createApp(auth, { routes: [task] })
  return read(await app.request('/tasks', { method: 'POST', headers, body }))
}

test.each([
  ['done=true', { done: true }],
  ['done=false', { done: false }],
  ['done=1&urgent=0', { done: true, urgent: false }],
  ['done=on&urgent=off', { done: true, urgent: false }],
  // As Rails' forms have it before a checkbox.
  ['done=0&done=1', { done: true }],
  ['points=7', { points: 7 }],
  ['points=-8&weight=-0.25', { points: -8, weight: -0.25 }],
  ['weight=&urgent=', { weight: null, urgent: null }],
  // What is a text stays one, whatever it looks like.
  ['title=1&done=true', { title: '1', done: true }],
  ['title=true', { title: 'true' }],
])('the form %s is what it spells', async (form, expected) => {
  const { status, body } = await send(form, 'x-www-form-urlencoded')
  expect([status, body.understood]).toEqual([200, { urgent: null, ...expected }])
})

test.each([
  ['done=maybe', 'done', 'invalid_type'],
  ['done=TRUE', 'done', 'invalid_type'],
  ['done=', 'done', 'blank'],
  ['points=many', 'points', 'invalid_type'],
  ['points=7.5', 'points', 'invalid_type'],
  ['points=7+', 'points', 'invalid_type'],
  ['points=0x7', 'points', 'invalid_type'],
  ['points=1e3', 'points', 'invalid_type'],
  ['points=', 'points', 'blank'],
  ['points=2147483648', 'points', 'out_of_range'],
  ['points=7&weight=much', 'weight', 'invalid_type'],
  ['points=7&title=', 'title', 'blank'],
])('the form %s is refused for its %s', async (form, field, code) => {
  const { status, body } = await send(form, 'x-www-form-urlencoded')
  expect([status, body.details]).toEqual([422, [expect.objectContaining({ field, code })]])
})

test.each(['{"done":"true"}', '{"done":1}', '{"points":"7"}', '{"weight":""}'])(
  'the JSON %s says what it says: it is refused',
  async (json) => {
    const { status, body } = await send(json, 'json')
    expect([status, body.details]).toMatchObject([422, [{ code: 'invalid_type' }]])
  },
)

test('of a form that is nothing but separators nothing is read', async () => {
  const { send: ask } = await startServer()
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const fields = (count: number) => Array(count).fill('a=1').join('&')
  const few = await ask('POST /v1/session', fields(1_000), form)
  expect([few.status, few.body.code]).toEqual([422, 'validation_failed'])
  for (const body of [fields(1_001), '&'.repeat(60_000)]) {
    const many = await ask('POST /v1/session', body, form)
    expect([many.status, many.body.error]).toEqual([400, 'The form has too many fields'])
  }
})
