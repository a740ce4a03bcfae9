import { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import { keepReadiness } from '../core/readiness.ts'
import { answer } from './answers.ts'
import { type Route, route } from './route.ts'

const ok = z.literal('ok')

/** For whatever monitors the process: whether it is alive, and whether it can serve. */
export function health(auth: Auth): Route[] {
  const readiness = keepReadiness(auth.config)
  return [
    route({
      method: 'GET',
      path: '/health/live',
      access: 'public',
      summary: 'Whether the process answers',
      answers: { 200: { description: 'It does', body: z.object({ status: ok }) } },
      handle: () => answer({ status: 'ok' }),
    }),

    route({
      method: 'GET',
      path: '/health/ready',
      access: 'public',
      summary: 'Whether the database answers, and is migrated',
      answers: {
        200: {
          description:
            'It does; 503 where it does not. `outbox` is `late` where mails wait for more than five minutes, which is no reason to take the server out',
          body: z.object({ status: ok, database: ok, outbox: z.enum(['ok', 'late']) }),
        },
      },
      async handle() {
        const { outbox } = await readiness.get()
        return answer({ status: 'ok', database: 'ok', outbox })
      },
    }),
  ]
}
