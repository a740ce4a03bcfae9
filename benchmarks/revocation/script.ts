// What a script that was injected into a page can steal, tried by the requests that it could send.
import { audience, logIn, logInByCookie, send, signUp } from './client.ts'
import type { Services } from './services.ts'

export interface Loot {
  /** The status of a request from elsewhere with a copy of the bearer's token. */
  readonly copiedToken: number
  /** Whether scripts cannot read the cookie. */
  readonly isHttpOnly: boolean
  /** The status of the request to get the cookie's token in a body. */
  readonly tokenByCookie: number
  /** The same for an access token, and for how many seconds it is valid. */
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
