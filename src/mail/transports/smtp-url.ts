/** The mail server, as read from a URL. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** TLS from the first byte, required after STARTTLS, or used only if it is offered. */
  readonly encryption: 'implicit' | 'required' | 'offered'
  readonly credentials: { readonly user: string; readonly password: string } | null
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * Parses `smtps://user:password@host` (TLS from the start, port 465) or `smtp://…` (STARTTLS, port 587). Nothing is
 * sent without encryption, except to this machine.
 *
 * @returns null for any other text
 */
export function parseSmtpUrl(text: string): SmtpServer | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^smtps?:$/.test(url.protocol) || url.hostname === '') return null
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') return null
  const isImplicit = url.protocol === 'smtps:'
  const unencrypted = loopback.test(url.hostname) ? 'offered' : 'required'
  const user = decode(url.username)
  const password = decode(url.password)
  if (user === null || password === null || url.port === '0') return null
  // A name or a password alone means that a secret was not set, which would otherwise be noticed at the first mail.
  if ((user === '') !== (password === '')) return null
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (isImplicit ? 465 : 587)),
    encryption: isImplicit ? 'implicit' : unencrypted,
    credentials: user === '' ? null : { user, password },
  }
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
