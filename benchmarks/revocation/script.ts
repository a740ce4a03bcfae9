// What a script that got into a page can carry away, by the requests that it could send.
import { audience, logIn, logInByCookie, send, signUp } from './client.ts'
import type { Services } from './services.ts'

export interface Loot {
  /** What a copy of the bearer's token is answered with, sent from elsewhere. */
  readonly copiedToken: number
  /** Whether the cookie is one that no script reads. */
  readonly isHttpOnly: boolean
  /** What the request for the cookie's token in a body is answered with. */
  readonly tokenByCookie: number
  /** The same for an access token, and for how many seconds that is good. */
  readonly accessTokenByCookie: number
  readonly accessTokenSeconds: number
}

export async function runScript({ origin }: Services): Promise<Loot> {
  const person = { emailAddress: 'page@example.com', password: 'somebody else is in the page' }
  await signUp(origin, person)
  const bearer = await logIn(origin, person)
  const copied = await send(origin, 'GET /v1/projects', { headers: bearer })
  const { setCookie, held } = await logInByCookie(origin, person)
  const rotated = await send(origin, 'PUT /v1/session/token', {
    headers: held,
    body: { transport: 'bearer' },
  })
  const issued = await send(origin, 'POST /v1/access_tokens', { headers: held, body: { audience } })
  return {
    copiedToken: copied.status,
    isHttpOnly: /; *httponly/i.test(setCookie),
    tokenByCookie: rotated.status,
    accessTokenByCookie: issued.status,
    accessTokenSeconds: Number(issued.body.expires_in),
  }
}
