import { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import { answer } from './answers.ts'
import { type Route, route } from './route.ts'

const body = z.object({ status: z.literal('ok') })

/** For what watches the process: alive, and able to serve. */
export function health(auth: Auth): Route[] {
  return [
    route({
      method: 'GET',
      path: '/health/live',
      access: 'public',
      summary: 'Whether the process answers',
      answers: { 200: { description: 'It does', body } },
      handle: () => answer({ status: 'ok' }),
    }),

    route({
      method: 'GET',
      path: '/health/ready',
      access: 'public',
      summary: 'Whether the database answers',
      answers: { 200: { description: 'It does; 503 where it does not', body } },
      async handle() {
        await auth.config.store.ping()
        return answer({ status: 'ok' })
      },
    }),
  ]
}
