/**
 * Cleans the message of a mail server, so that it can be stored and shown.
 *
 * SECURITY: the server may quote the mail. Links are removed, even if they are broken over lines or encoded, and so are
 * control characters.
 */
export function printable(reason: string): string {
  return reason
    .replace(/lk[a-z]_.*/s, '[secret]')
    .replace(/[\w+/=-]{20,}/g, '[secret]')
    .replace(/\p{C}+/gu, ' ')
    .slice(0, 300)
}

/** The same for a log, without addresses, which are stored only in the table. */
export function loggable(reason: string): string {
  return printable(reason).replace(/\S*@\S*/g, '[address]')
}
