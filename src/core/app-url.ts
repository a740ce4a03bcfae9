/**
 * The URL of the front end, with which the links in mails begin, without a slash at the end.
 *
 * @returns null if it is not an http or https URL, or has a user, a query or a fragment
 */
export function parseAppUrl(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
  const isBare = url?.search === '' && url.hash === '' && url.username === ''
  return url && isWeb && isBare && !/[?#]$/.test(text) ? url.href.replace(/\/+$/, '') : null
}
