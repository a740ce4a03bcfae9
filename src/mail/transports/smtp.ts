import { createRequire } from 'node:module'
import type { Transport } from '../../core/mail.ts'
import type { Greeting } from './smtp-delivery.ts'
import { parseSmtpUrl, type SmtpServer } from './smtp-url.ts'

/**
 * Sends mails to an SMTP server (RFC 5321). Its certificate is verified, and a server that was not
 * asked for `smtps:` must offer STARTTLS, unless it is on this machine (RFC 8314 §3). A server that
 * does not greet within 10 s, or has not asked for the mail within 30 s, is given up; once it has
 * the mail, its answer is waited for four minutes.
 *
 * @param url `smtps://user:password@smtp.example.com`, or `smtp://…` for STARTTLS
 * @throws RangeError for what is no such URL
 * @throws Error where the package `nodemailer` is not installed; it is loaded for the first mail
 */
export function smtp({ url }: { url: string }): Transport {
  const server = readServer(url)
  requireNodemailer()
  return { deliver: async (attempt) => (await load()).deliver(server, attempt) }
}

/**
 * Connects to the server and authenticates, as for a mail, and leaves.
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

// Loaded late: a server can answer before its first mail.
const load = () => import('./smtp-delivery.ts')

// At the start, not on the night when somebody has forgotten a password.
function requireNodemailer(): void {
  createRequire(import.meta.url).resolve('nodemailer/lib/smtp-connection')
}
