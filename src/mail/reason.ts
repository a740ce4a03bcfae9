/**
 * What a mail server says, made fit to be stored and shown.
 *
 * SECURITY: the server quotes what it refuses. Neither a live link nor a control character is kept,
 * even where the link is broken over lines or encoded.
 */
export function printable(reason: string): string {
  return reason
    .replace(/lk[a-z]_.*/s, '[secret]')
    .replace(/[\w+/=-]{20,}/g, '[secret]')
    .replace(/\p{C}+/gu, ' ')
    .slice(0, 300)
}

/** The same, fit for a log: addresses are for the table alone. */
export function loggable(reason: string): string {
  return printable(reason).replace(/\S*@\S*/g, '[address]')
}
