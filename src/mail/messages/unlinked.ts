/**
 * A name that somebody typed, without what mail programs would turn into a link or an address,
 * full-width characters included: nothing in our mails leads anywhere that is not configured. A name of nothing else
 * leads nowhere, and stays.
 */
export function unlinked(name: string): string {
  return name.replace(/[./:@\\\u3002\uff0e\uff0f\uff1a\uff20\uff61]+/g, ' ').trim() || name
}
