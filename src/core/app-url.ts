/**
 * Where the front end is, without a slash at the end: what the links in mails begin with.
 *
 * @returns null for what no link can begin with
 */
export function parseAppUrl(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
  const isBare = url?.search === '' && url.hash === '' && url.username === ''
  return url && isWeb && isBare && !/[?#]$/.test(text) ? url.href.replace(/\/+$/, '') : null
}
