import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vitepress'
import { slug, targetOf } from '../links.ts'
import { first, navigation } from '../navigation.ts'

const docs = fileURLToPath(new URL('../..', import.meta.url))
const root = join(docs, '..')
// Where the files are that are no pages, such as https://example.com/latchkey/blob/main
const repository = process.env.REPOSITORY_URL

// The pages lie outside this folder, and what they are compiled to asks for Vue from there.
const here = fileURLToPath(import.meta.url)
const ownVue: Plugin = {
  name: 'own-vue',
  enforce: 'pre',
  resolveId(id, importer, { ssr }) {
    if (!/^vue(?:\/|$)/.test(id)) return null
    if (ssr) return { id, external: true }
    return importer?.includes('.md') ? this.resolve(id, here, { skipSelf: true }) : null
  },
}

export default defineConfig({
  title: 'Latchkey',
  description: 'Authentication for API-only TypeScript backends',
  lang: 'en',
  // No picture, and no 404 for it.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcDir: '..',
  srcExclude: ['site/**'],
  // A path without a slash at its end means a file, whatever serves it.
  cleanUrls: false,
  rewrites: { [first]: 'index.md' },
  ignoreDeadLinks: 'localhostLinks',
  cacheDir: './.cache',
  outDir: './dist',
  metaChunk: true,
  markdown: {
    anchor: { slugify: slug },
    toc: { slugify: slug },
    config(markdown) {
      // Before the generator sees them: it knows no link to what is not a page, and fails for it.
      markdown.core.ruler.push('links', ({ tokens, env }) => {
        const page = env.realPath ?? env.path
        for (const { children } of tokens) leadLinks(children ?? [], page)
      })
    },
  },
  // The index of the search, and the longest of tables.
  vite: { plugins: [ownVue], build: { chunkSizeWarningLimit: 2_000 } },
  themeConfig: {
    sidebar: navigation(docs).map((section) => ({ ...section, items: [...section.items] })),
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    ...(repository && { socialLinks: [{ icon: 'github', link: repository }] }),
  },
})

interface Token {
  type: string
  content: string
  attrGet(name: string): string | null
  attrSet(name: string, value: string): void
}

function leadLinks(tokens: Token[], page: string): void {
  let isDropped = false
  for (const token of tokens) {
    if (token.type === 'link_close' && isDropped) {
      unlink(token)
      isDropped = false
    }
    if (token.type !== 'link_open') continue
    const target = targetOf(token.attrGet('href') ?? '', { page, root })
    if (target.kind === 'page') {
      const path = target.path === first ? 'index.md' : target.path
      token.attrSet('href', `/${path}${target.hash}`)
    }
    if (target.kind !== 'file') continue
    if (repository) token.attrSet('href', `${repository}/${target.path}${target.hash}`)
    else {
      unlink(token)
      isDropped = true
    }
  }
}

// Its words stay.
function unlink(token: Token): void {
  token.type = 'text'
  token.content = ''
}
