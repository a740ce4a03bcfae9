// The links of mails that reset passwords.
import { createAuth, createOutbox, createStore, type Transport } from '../src/server.ts'
import { openDatabase } from '../templates/api/database.ts'
import { emailAddressOf, users } from './people.ts'

/** How many links a bench of this length needs, since each works once. A core hashes fewer. */
export function resetsWithin(seconds: number): number {
  return Math.min(users, Math.ceil(seconds * 150))
}

/** A token for each of the first `count` users, valid for a day. */
export async function latchkeyResetTokens(databaseUrl: string, count: number): Promise<string[]> {
  const { database } = await openDatabase(databaseUrl)
  const store = createStore(database)
  const auth = createAuth({ store, resetTokenMinutes: 1_440, rateLimits: 'off' })
  const tokens: string[] = []
  const transport: Transport = {
    async deliver({ compose }) {
      const { text } = await compose()
      tokens.push(/#(lkr_\w+)/.exec(text)?.[1] ?? '')
      return { status: 'sent' }
    },
  }
  const from = 'Projects <no-reply@example.com>'
  const outbox = createOutbox(auth, { transport, from, appUrl: 'https://app.example.com' })
  for (let index = 0; index < count; index++) await auth.requestPasswordReset(emailAddressOf(index))
  await outbox.deliverDue()
  await outbox.stop()
  await database.close()
  return tokens
}

/** The part of better-auth that this needs. */
interface Requesting {
  readonly api: {
    requestPasswordReset(request: { readonly body: { readonly email: string } }): Promise<unknown>
  }
}

/** The same for better-auth, which calls `onReset` with each token. */
export async function betterAuthResetTokens(
  open: (onReset: (token: string) => void) => Requesting,
  count: number,
): Promise<string[]> {
  const tokens: string[] = []
  const { api } = open((token) => tokens.push(token))
  for (let index = 0; index < count; index++) {
    await api.requestPasswordReset({ body: { email: emailAddressOf(index) } })
  }
  return tokens
}
