import { createRequire } from 'node:module'
import type { Transport } from '../../core/mail.ts'
import type { Greeting } from './smtp-delivery.ts'
import { parseSmtpUrl, type SmtpServer } from './smtp-url.ts'

/**
 * Sends mails to an SMTP server (RFC 5321). Its certificate is verified, and without `smtps:` it must offer STARTTLS,
 * unless it is on this machine (RFC 8314 §3). An attempt fails if the server does not greet within 10 s, has not asked
 * for the mail within 30 s, or does not answer within four minutes after it has got the mail.
 *
 * @param url `smtps://user:password@smtp.example.com`, or `smtp://…` for STARTTLS
 * @throws RangeError if it is not such a URL
 * @throws Error if the package `nodemailer` is not installed; it is loaded for the first mail
 */
export function smtp({ url }: { url: string }): Transport {
  const server = readServer(url)
  requireNodemailer()
  return { deliver: async (attempt) => (await load()).deliver(server, attempt) }
}

/**
 * Connects to the server and authenticates, as for a mail, and disconnects.
 *
 * @throws RangeError as `smtp`
 */
export async function greetSmtp({ url }: { url: string }): Promise<Greeting> {
  const server = readServer(url)
  return (await load()).greet(server)
}

function readServer(url: string): SmtpServer {
  const server = parseSmtpUrl(url)
  if (server) return server
  throw new RangeError('An SMTP URL is like smtps://user:password@smtp.example.com')
}

// Loaded for the first mail, so that it does not delay the start.
const load = () => import('./smtp-delivery.ts')

// Checked at the start, not when somebody has forgotten a password.
function requireNodemailer(): void {
  createRequire(import.meta.url).resolve('nodemailer/lib/smtp-connection')
}
