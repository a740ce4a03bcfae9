/**
 * A name that somebody typed, without what programs for mail would make a link of, or an address, wide or
 * not: in a mail of ours nothing leads anywhere that is not configured.
 */
export function unlinked(name: string): string {
  return name.replace(/[./:@\\\u3002\uff0e\uff0f\uff1a\uff20\uff61]+/g, ' ').trim()
}
