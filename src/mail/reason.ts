/**
 * What a mail server says, fit to be kept and shown.
 *
 * SECURITY: it quotes what it refuses. Neither a live link nor a control character is kept, also
 * where the link is broken over lines or encoded.
 */
export function printable(reason: string): string {
  return reason
    .replace(/lk[a-z]_.*/s, '[secret]')
    .replace(/[\w+/=-]{20,}/g, '[secret]')
    .replace(/\p{C}+/gu, ' ')
    .slice(0, 300)
}

/** The same, fit for a log: whom it is about stands in the table alone. */
export function loggable(reason: string): string {
  return printable(reason).replace(/\S*@\S*/g, '[address]')
}
