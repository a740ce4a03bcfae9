import type { PageQuery } from './wire.ts'

/** What a list's path ends with. By hand, since phones lack a complete `URLSearchParams`. */
export function pageQuery(page: PageQuery = {}): string {
  let asked = ''
  for (const [name, value] of Object.entries(page)) {
    if (value != null) asked += `${asked ? '&' : '?'}${name}=${encodeURIComponent(value)}`
  }
  return asked
}
