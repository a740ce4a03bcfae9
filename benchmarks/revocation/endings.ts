// The ways in which a session ends. Each resolves when the request for it has been answered.
import type { Auth } from '../../src/server.ts'
import { ask, type Credentials, type Held } from './client.ts'
import type { MailSink } from './mail-sink.ts'

/** The server on which a session ends. */
export interface Scene {
  readonly origin: string
  /** An `auth` on the same database, in this process. */
  readonly auth: Auth
  readonly mails: MailSink
}

export type Ending = 'log-out' | 'ban' | 'reset' | 'deletion'

type End = (scene: Scene, whose: Whose) => Promise<void>

interface Whose {
  readonly person: Credentials
  readonly held: Held
}

export function end(ending: Ending, scene: Scene, whose: Whose): Promise<void> {
  return endings[ending](scene, whose)
}

// Logs out of each session, last of the one with the access token.
async function logOut({ origin }: Scene, { held }: Whose): Promise<void> {
  await ask(origin, 'DELETE /v1/session', { headers: held.cookie, status: 200 })
  await ask(origin, 'DELETE /v1/session', { headers: held.bearer, status: 200 })
}

// As `latchkey users ban` does: in another process than that of the server.
async function ban({ origin, auth }: Scene, { held }: Whose): Promise<void> {
  const { body } = await ask(origin, 'GET /v1/user', { headers: held.bearer, status: 200 })
  await auth.banUser(Object(body.user).id)
}

async function reset({ origin, mails }: Scene, { person }: Whose): Promise<void> {
  const { emailAddress } = person
  const mailed = mails.tokenFor(emailAddress)
  const asked = { body: { email_address: emailAddress }, status: 200 }
  await ask(origin, 'POST /v1/passwords', asked)
  const chosen = { token: await mailed, password: 'chosen by who has the mail' }
  await ask(origin, 'PUT /v1/passwords', { body: chosen, status: 200 })
}

async function deleteUser({ origin }: Scene, { held }: Whose): Promise<void> {
  await ask(origin, 'DELETE /v1/user', { headers: held.bearer, status: 204 })
}

const endings: Readonly<Record<Ending, End>> = {
  'log-out': logOut,
  ban,
  reset,
  deletion: deleteUser,
}
