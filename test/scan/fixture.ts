import type { App, Mailbox, Outbox } from 'latchkey/server'

/** Somebody who has everything that a route can be about. */
export interface Fixture {
  readonly emailAddress: string
  readonly password: string
  readonly token: string
  readonly sessionId: string
  readonly otherSessionId: string
  readonly projectId: string
  readonly apiKeyId: string
  readonly resetToken: string
  readonly proofToken: string
  /** An instant at which a new key may end. */
  readonly expiresAt: string
}

interface Mails {
  readonly mailbox: Mailbox
  readonly outbox: Outbox
}

interface Sent {
  readonly body?: object | undefined
  readonly token?: string | undefined
}

const carol = { email_address: 'carol@example.com', password: 'correct horse battery' }
const ann = { email_address: 'ann@example.com', password: 'correct horse battery' }

interface Apps {
  /** One where a sign-up is done at once. */
  readonly open: App
  /** The one that is scanned, where it may wait for a mail. */
  readonly app: App
}

/** Signs ann up, and makes one of each. */
export async function fill({ open, app }: Apps, { mailbox, outbox }: Mails): Promise<Fixture> {
  const send = async (line: string, body?: object, token?: string) =>
    sendTo(open, line, { body, token })
  const sendTo = async (to: App, line: string, { body, token }: Sent) => {
    const [method = '', path = ''] = line.split(' ')
    const headers = {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    }
    const sent = body ? { method, headers, body: JSON.stringify(body) } : { method, headers }
    const response = await to.request(path, sent, { address: '127.0.0.1' })
    if (!response.ok) throw new Error(`${line}: ${response.status} ${await response.text()}`)
    // biome-ignore lint/suspicious/noExplicitAny: whatever the server sent
    return (await response.json()) as any
  }
  const mailed = async () => {
    await outbox.deliverDue()
    return /lk[rv]_\w+/.exec(mailbox.mails[0]?.text ?? '')?.[0] ?? ''
  }
  const { token } = await send('POST /v1/registrations', ann)
  await send('POST /v1/email_verifications', undefined, token)
  const proof = await mailed()
  await send('PUT /v1/email_verifications', { token: proof }, token)
  const { project } = await send('POST /v1/projects', { title: 'Garden' }, token)
  const key = { name: 'Nightly build', scopes: ['projects:read'] }
  const { api_key } = await send('POST /v1/api_keys', key, token)
  await send('POST /v1/session', ann)
  const { sessions } = await send('GET /v1/sessions', undefined, token)
  const { session } = await send('GET /v1/session', undefined, token)
  await mailed()
  await send('POST /v1/passwords', ann)
  const resetToken = await mailed()
  await send('PATCH /v1/user', { email_address: 'moved@example.com' }, token)
  const changeToken = await mailed()
  const { user } = await sendTo(app, 'POST /v1/registrations', { body: carol })
  const proofToken = user ? changeToken : await mailed()
  const other = sessions.find(({ id }: { id: string }) => id !== session.id)
  return {
    emailAddress: ann.email_address,
    password: ann.password,
    token,
    sessionId: session.id,
    otherSessionId: other.id,
    projectId: project.id,
    apiKeyId: api_key.id,
    resetToken,
    proofToken,
    expiresAt: new Date(Date.parse(project.created_at) + 30 * 86_400_000).toISOString(),
  }
}
