/**
 * A name that somebody typed, in quotes. What programs for mail would make a link of, or an address, is
 * left out: in a mail of ours nothing leads anywhere that is not configured.
 */
export function quoted(name: string): string {
  return `“${name.replace(/[./:@\\]+/g, ' ').trim()}”`
}
