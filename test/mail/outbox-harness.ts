// A server whose mails go where a test wants them.
import {
  type Auth,
  AuthError,
  createOutbox,
  type Delivery,
  type DeliveryAttempt,
  type Mail,
  type Message,
  type Outbox,
  type StoreTransaction,
  type Transport,
} from 'latchkey/server'
import { mailFrom, type Server, startServer } from '../harness.ts'

export interface Sending extends Server {
  readonly outbox: Outbox
  /** What the outbox has logged, a line of JSON each. */
  readonly log: readonly string[]
  /** Another process, as it were: a worker of its own on the same database. */
  another(transport: Transport): Outbox
  signUp(...people: string[]): Promise<void>
  /** Asks for resets over HTTP, one after another. */
  ask(...people: string[]): Promise<void>
  /** The rows of the outbox, oldest first. */
  messages(): Promise<Message[]>
  statuses(): Promise<string[]>
  /** Whether the token in a mail sets a password. */
  redeems(mail: Pick<Mail, 'text'> | undefined): Promise<boolean>
}

const silence = { info() {}, error() {} }

export async function startSending(
  transport: Transport,
  where: { readonly databaseUrl?: string } = {},
): Promise<Sending> {
  const server = await startServer({ ...where, transport, app: { log: silence } })
  const { auth, send } = server
  const log: string[] = []
  const another = (other: Transport) => silentOutbox(auth, other, log)
  const messages = async () => {
    const newest = await auth.config.store.listMessages(null, { limit: 1_000 })
    return newest.filter(({ kind }) => kind === 'password_reset').reverse()
  }
  return {
    ...server,
    outbox: another(transport),
    log,
    another,
    messages,
    async signUp(...people) {
      for (const name of people) {
        await auth.signUp({ emailAddress: `${name}@example.com`, password: `horse of ${name}` })
      }
    },
    async ask(...people) {
      for (const name of people) {
        await send('POST /v1/passwords', { email_address: `${name}@example.com` })
      }
    },
    statuses: async () => (await messages()).map(({ status }) => status),
    redeems: async (mail) =>
      (await auth.resetPassword(tokenIn(mail), 'another horse battery')) !== null,
  }
}

export function silentOutbox(auth: Auth, transport: Transport, log: string[] = []): Outbox {
  const write = (entry: object, text: string) =>
    void log.push(`${text} ${JSON.stringify(entry)} ${String(Object(entry).err)}`)
  const options = { from: mailFrom, appUrl: 'https://app.example.com' }
  return createOutbox(auth, { ...options, transport, log: { info: write, error: write } })
}

export function tokenIn(mail: Pick<Mail, 'text'> | undefined): string {
  return /lkr_\w+/.exec(mail?.text ?? '')?.[0] ?? ''
}

/** A transport that answers what it is told to, and keeps the mails that left. */
export interface Post extends Transport {
  readonly mails: Mail[]
  readonly attempts: string[]
  /** What becomes of each mail from now on; `write` lets it go. */
  answer: (attempt: DeliveryAttempt, write: () => Promise<Mail>) => Promise<Delivery>
}

export function createPost(): Post {
  const post: Post = {
    mails: [],
    attempts: [],
    answer: takes,
    deliver(attempt) {
      post.attempts.push(attempt.to.replace('@example.com', ''))
      return post.answer(attempt, async () => {
        const mail = await attempt.compose()
        post.mails.push(mail)
        return mail
      })
    },
  }
  return post
}

/** Takes the mail and says so. */
export const takes: Post['answer'] = async (_attempt, write) => {
  await write()
  return { status: 'sent' }
}

/** Takes the mail and does not say so. */
export const forgets: Post['answer'] = async (_attempt, write) => {
  await write()
  return { status: 'unknown', reason: 'no answer' }
}

export const isAway: Post['answer'] = async () => ({ status: 'unavailable', reason: 'away' })
export const defers: Post['answer'] = async () => ({ status: 'deferred', reason: 'later' })
export const refuses: Post['answer'] = async () => ({ status: 'refused', reason: 'never' })

/** Lets the database fail once: in the next transaction that does this, before or after it. */
export function failOnce({ config }: Auth, statement: keyof StoreTransaction): void {
  const { store } = config
  const { transaction } = store
  store.transaction = (work) =>
    transaction((statements) => {
      const failing = async () => {
        store.transaction = transaction
        throw new AuthError('unavailable')
      }
      return work({ ...statements, [statement]: failing })
    })
}
