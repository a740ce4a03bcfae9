import { expect, test } from 'vitest'
import { startServer } from '../harness.ts'

const ann = { email_address: 'ann@example.com', password: 'correct horse battery' }

test('signing up answers the user and a token that works at once', async () => {
  const { send } = await startServer()
  const { status, body } = await send('POST /v1/registrations', ann)
  expect(status).toBe(201)
  expect(body.token).toMatch(/^lks_[1-9A-HJ-NP-Za-km-z]{38}$/)
  expect(body.user).toEqual({
    id: expect.stringMatching(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    ),
    email_address: 'ann@example.com',
    email_verified: false,
    created_at: '2026-01-01T12:00:00.000Z',
    updated_at: '2026-01-01T12:00:00.000Z',
  })
  const projects = await send('GET /v1/projects', undefined, bearer(body.token))
  expect(projects.body).toEqual({ projects: [], next_cursor: null })
})

function bearer(token: string) {
  return { authorization: `Bearer ${token}` }
}
