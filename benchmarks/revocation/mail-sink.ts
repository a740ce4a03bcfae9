// A mail server that accepts every mail, and returns the links in them.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface MailSink {
  readonly url: string
  /** The token of the link in the next mail to this address. */
  tokenFor(emailAddress: string): Promise<string>
  close(): void
}

export async function startMailSink(): Promise<MailSink> {
  const waiting = new Map<string, (token: string) => void>()
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onData(stream, { envelope: { rcptTo } }, done) {
      let mail = ''
      stream.setEncoding('latin1').on('data', (chunk) => {
        mail += chunk
      })
      stream.on('end', () => {
        // Without the soft line breaks of quoted-printable.
        const [token] = /lkr_\w+/.exec(mail.replaceAll('=\r\n', '')) ?? []
        for (const { address } of rcptTo) if (token) waiting.get(address)?.(token)
        done()
      })
    },
  })
  const listener = server.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    url: `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    tokenFor: (emailAddress) => new Promise((resolve) => waiting.set(emailAddress, resolve)),
    close: () => server.close(),
  }
}
