// Links in the pages are those of the repository: to headings as GitHub names them, and to files that are
// no pages of the site.
import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** The name of a heading, as in GitHub's links. */
export function slug(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replaceAll(' ', '-')
}

/** Where a link leads: to a page by its path from `docs/`, to a file of the repository, or elsewhere. */
export type Target =
  | { readonly kind: 'page' | 'file'; readonly path: string; readonly hash: string }
  | { readonly kind: 'elsewhere' }

interface Place {
  /** The file that the link is in, and the root of the repository: whole paths. */
  readonly page: string
  readonly root: string
}

export function targetOf(href: string, { page, root }: Place): Target {
  if (/^(?:[a-z]+:|#)/i.test(href)) return { kind: 'elsewhere' }
  const [name = '', hash = ''] = href.split(/(?=#)/)
  const path = relative(root, join(dirname(page), name))
  const isPage = path.startsWith('docs/') && path.endsWith('.md')
  if (isPage) return { kind: 'page', path: path.slice('docs/'.length), hash }
  // What leads nowhere stays as it is, and the build fails for it.
  return existsSync(join(root, path)) ? { kind: 'file', path, hash } : { kind: 'elsewhere' }
}
