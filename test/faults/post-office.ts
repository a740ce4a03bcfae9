import { hash } from 'node:crypto'
import { headerOf, parseMail } from '../mail/parsed-mail.ts'
import { type MailServer, startMailServer } from '../mail/smtp-harness.ts'
import type { History } from './history.ts'
import type { Tables } from './tables.ts'

/** A mail server that looks, before it takes a mail, whether the tables know the link in it. */
export interface PostOffice {
  readonly url: string
  /** What breaks it. */
  readonly server: MailServer
  /** Every token that came to somebody, of one kind, oldest first. */
  tokensOf(emailAddress: string, prefix: 'lkr_' | 'lkv_'): readonly string[]
  /** Whether a token died before its mail had arrived. */
  isDeadOnArrival(token: string): boolean
}

export async function openPostOffice(history: History, tables: Tables): Promise<PostOffice> {
  const tokens = new Map<string, string[]>()
  const rowless = new Set<string>()
  const take = async (to: string, raw: string) => {
    const { headers, text } = parseMail(raw)
    const [token = null] = /lk[rv]_\w+/.exec(text) ?? []
    const mail = { type: 'mail', to, subject: headerOf(headers, 'Subject') } as const
    if (token === null) return history.append({ ...mail, at: history.now(), link: 'none' })
    const digest = hash('sha256', token)
    const start = history.now()
    const isKnown = await tables.knows(digest)
    history.append({ ...mail, at: start, link: isKnown ? 'known' : 'rowless' })
    tokens.set(to, [...(tokens.get(to) ?? []), token])
    if (!isKnown) rowless.add(token)
    if (!isKnown || !token.startsWith('lkr_')) return
    const seen = { source: 'tables', start, end: history.now(), state: 'alive' } as const
    history.append({ type: 'observation', ...seen, thing: `link ${digest}` })
  }
  const server = await startMailServer({
    onData(stream, { envelope }, done) {
      let raw = ''
      stream.setEncoding('latin1').on('data', (chunk) => {
        raw += chunk
      })
      stream.on('end', () => {
        const to = envelope.rcptTo[0]?.address ?? ''
        void take(to, raw).finally(() => done())
      })
    },
  })
  return {
    url: server.url,
    isDeadOnArrival: (token) => rowless.has(token),
    server,
    tokensOf: (emailAddress, prefix) =>
      (tokens.get(emailAddress) ?? []).filter((token) => token.startsWith(prefix)),
  }
}
