// What is in the site's margin: every page of docs/, found in its folder. A new page is in it by being there.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

export interface Entry {
  readonly text: string
  readonly link: string
}

export interface Section {
  readonly text: string
  readonly items: readonly Entry[]
  /** Whether it is folded until somebody opens it. */
  readonly collapsed: boolean
}

/** The page that the site begins with. */
export const first = 'guides/start-here.md'

/** @param docs the folder `docs` */
export function navigation(docs: string): Section[] {
  const section = (text: string, folder: string, collapsed = false): Section => {
    return { text, items: pagesIn(docs, folder), collapsed }
  }
  const guides = section('Guides', 'guides')
  const start = readFileSync(join(docs, first), 'utf8')
  return [
    { ...guides, items: guides.items.toSorted(inOrderOf(start)) },
    section('Reference', 'reference'),
    section('Security', 'security'),
    section('About', '.'),
    section('Decisions', 'decisions', true),
  ]
}

function pagesIn(docs: string, folder: string): Entry[] {
  const names = readdirSync(join(docs, folder)).filter((name) => name.endsWith('.md'))
  return names.sort().map((name) => {
    const [, text = name] = /^# (.+)$/m.exec(readFileSync(join(docs, folder, name), 'utf8')) ?? []
    const path = folder === '.' ? name : `${folder}/${name}`
    const link = path === first ? '/' : `/${path.slice(0, -'.md'.length)}`
    return { text: text.replaceAll('`', ''), link }
  })
}

// The first page leads to all others, in the order in which somebody needs them.
function inOrderOf(start: string): (a: Entry, b: Entry) => number {
  const place = ({ link }: Entry) => start.indexOf(`](${basename(link)}.md`)
  return (a, b) => place(a) - place(b)
}
