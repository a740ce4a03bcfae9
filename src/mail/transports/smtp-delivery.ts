import { Readable } from 'node:stream'
import { domainToASCII, domainToUnicode } from 'node:url'
import MailComposer from 'nodemailer/lib/mail-composer'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { EmailAddress } from '../../core/email-address.ts'
import type { Delivery, DeliveryAttempt, Mail } from '../../core/mail.ts'
import { messageOf } from '../../core/thrown.ts'
import type { SmtpServer } from './smtp-url.ts'

/** The result of connecting to a mail server without sending a mail. */
export type Greeting =
  | { readonly status: 'greeted'; readonly isEncrypted: boolean; readonly isKnown: boolean }
  | { readonly status: 'unavailable'; readonly reason: string }

/** Connects to the server and authenticates, as for a mail, and disconnects. */
export async function greet(server: SmtpServer): Promise<Greeting> {
  const connection = new SMTPConnection(connectionOptions(server))
  const progress: Progress = { stage: 'connecting' }
  const { signal } = new AbortController()
  try {
    await untilBroken(connection, () => connect(connection, server), { signal, progress })
    return {
      status: 'greeted',
      isEncrypted: connection.secure === true,
      isKnown: server.credentials !== null,
    }
  } catch (error) {
    const reason = messageOf(error)
    return { status: 'unavailable', reason }
  } finally {
    connection.close()
  }
}

// Before the mail is sent, a slow server is better tried again later. Afterwards its answer is worth the minutes that
// RFC 5321 §4.5.3.2.6 allows: without an answer the mail has to be sent again.
const patience = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 240_000 }
const courtesyMilliseconds = 30_000

// A server that does not answer QUIT must not keep the process alive.
const farewellMilliseconds = 1_000

/** How far an attempt has come, which decides what an error means. */
interface Progress {
  stage: 'connecting' | 'connected' | 'left'
}

interface Explained extends Progress {
  readonly recipient: string
}

interface Sending {
  readonly recipient: string
  readonly progress: Progress
}

/** Sends one mail. */
export async function deliver(server: SmtpServer, attempt: DeliveryAttempt): Promise<Delivery> {
  const recipient = onTheWire(attempt.to)
  if (!recipient) return { status: 'refused', reason: 'In ASCII its domain would be another one' }
  const connection = new SMTPConnection(connectionOptions(server))
  const progress: Progress = { stage: 'connecting' }
  try {
    const work = async () => {
      await connect(connection, server)
      progress.stage = 'connected'
      await send(connection, { ...attempt, recipient, progress })
    }
    await untilBroken(connection, work, { signal: attempt.signal, progress })
    connection.quit()
    setTimeout(() => connection.close(), farewellMilliseconds)
    return { status: 'sent' }
  } catch (error) {
    // SECURITY: not quit(), which would wait for an answer that may never come.
    connection.close()
    return explain(error, { ...progress, recipient })
  }
}

function connectionOptions({ host, port, encryption }: SmtpServer) {
  return {
    ...patience,
    host,
    port,
    secure: encryption === 'implicit',
    // SECURITY: if TLS is required, no mail is sent without it, even if somebody on the way removes the offer of it.
    requireTLS: encryption === 'required',
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true },
  } as const
}

async function connect(connection: SMTPConnection, { credentials }: SmtpServer): Promise<void> {
  await answered((done) => connection.connect(done))
  if (!credentials) return
  const { user, password } = credentials
  await answered((done) => connection.login({ user, credentials: { user, pass: password } }, done))
}

async function send(
  connection: SMTPConnection,
  { from, recipient, compose, progress }: DeliveryAttempt & Sending,
): Promise<void> {
  // The stream is read when the server has accepted the recipient and asks for the mail itself.
  const message = Readable.from(
    (async function* () {
      const mail = await build(await compose())
      progress.stage = 'left'
      yield mail
    })(),
  )
  // SECURITY: the one recipient, as it was parsed; nothing in the mail can add another.
  const sender = onTheWire(from.emailAddress) ?? from.emailAddress
  const envelope = { from: sender, to: [recipient] }
  await answered((done) => connection.send(envelope, message, done))
}

// A domain in ASCII needs no SMTPUTF8 from the server (RFC 5890 §2.3.2.1). SECURITY: in the conversion to ASCII some
// letters vanish and others become plain ones (UTS #46), so that the mail would go to somebody else's address.
function onTheWire(address: EmailAddress): string | null {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  const ascii = domainToASCII(domain)
  const isTheSame = ascii === domain || domainToUnicode(ascii) === domain.normalize('NFC')
  return isTheSame ? `${address.slice(0, at)}@${ascii}` : null
}

function build({ messageId, from, to, date, subject, text, html }: Mail): Promise<Buffer> {
  const composer = new MailComposer({
    messageId,
    date,
    from: { name: from.name ?? '', address: from.emailAddress },
    to: { name: '', address: to },
    subject,
    text,
    html,
    // RFC 3834 §5: asks for no automatic reply.
    headers: { 'Auto-Submitted': 'auto-generated' },
    // SECURITY: nothing in a mail is opened as a file or fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return composer.compile().build()
}

function explain(error: unknown, { stage, recipient }: Explained): Delivery {
  const reason = messageOf(error)
  const code = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0
  const command = error instanceof Error && 'command' in error ? error.command : null
  // A refused sender concerns every mail, except that 552 and 555 are about the parameters of this one.
  const isSender = command === 'MAIL FROM' && code !== 552 && code !== 555
  // SECURITY: if SMTPUTF8 was requested, any answer may be about that (RFC 6531 §3.5). A sign-up with such an address
  // must not stop the mails of all others.
  const isInternational = /\P{ASCII}/u.test(recipient)
  if (isSender && isInternational) return { status: 'deferred', reason }
  if (stage === 'connecting' || isSender) return { status: 'unavailable', reason }
  // After the end of the mail any answer is final; only without an answer the delivery is uncertain.
  if (stage === 'left' && code === 0) return { status: 'unknown', reason }
  const isRefused = code >= 500 && code !== 503
  return { status: isRefused ? 'refused' : 'deferred', reason }
}

// The end of a connection is not always reported to those who wait for an answer on it.
async function untilBroken(
  connection: SMTPConnection,
  work: () => Promise<void>,
  { signal, progress }: { signal: AbortSignal; progress: Progress },
): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(new Error('The attempt took too long, or the server was stopped'))
  // The listener is not removed: an error without a listener would end the process.
  connection.on('error', reject)
  // After a 421 the end is reported before the server's answer, which explains more.
  const end = () => reject(new Error('The mail server closed the connection'))
  connection.once('end', () => setImmediate(end))
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  const slow = setTimeout(() => {
    if (progress.stage !== 'left') reject(new Error('The mail server took too long'))
  }, courtesyMilliseconds)
  await Promise.race([work(), promise]).finally(() => clearTimeout(slow))
}

function answered(ask: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    ask((error) => (error ? reject(error) : resolve()))
  })
}
