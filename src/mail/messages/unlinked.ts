/**
 * A name that somebody typed, without what programs for mail would make a link of, or an address: in
 * a mail of ours nothing leads anywhere that is not configured.
 */
export function unlinked(name: string): string {
  return name.replace(/[./:@\\]+/g, ' ').trim()
}
