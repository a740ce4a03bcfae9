// What reaches a browser: how much it is, and that nothing of the server is in it.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, defaultClientConditions, type InlineConfig, type Rolldown } from 'vite'
import { beforeAll, expect, test, vi } from 'vitest'

interface Bundle {
  readonly chunks: readonly Rolldown.OutputChunk[]
  /** Our own files in it. */
  readonly sources: readonly string[]
}

// As a test's own environment it is read by React and by the bundler.
beforeAll(() => void vi.stubEnv('NODE_ENV', 'production'))

/** What a user's bundler makes of it, for production. */
async function bundle(config: InlineConfig): Promise<Bundle> {
  const built = await build({ ...config, logLevel: 'silent' })
  const chunks = [built].flat().flatMap((each) => ('output' in each ? each.output : []))
  const code = chunks.filter((each) => each.type === 'chunk')
  const modules = code.flatMap(({ moduleIds }) => moduleIds)
  const sources = modules.map((id) => relative('.', id)).filter((id) => id.startsWith('src/'))
  return { chunks: code, sources }
}

function packedBytes(chunks: readonly Rolldown.OutputChunk[]): number {
  return chunks.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0)
}

/** In the README's words: kB are 1,000 bytes. */
function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`
}

const readme = readFileSync('README.md', 'utf8')

/** What a bundler makes of one entry of the package. */
function bundleEntry(input: string): Promise<Bundle> {
  return bundle({
    configFile: false,
    resolve: { conditions: ['source', ...defaultClientConditions] },
    build: {
      write: false,
      rolldownOptions: {
        input,
        external: ['react', 'react/jsx-runtime'],
        preserveEntrySignatures: 'strict',
      },
    },
  })
}

test('the client is at most 3 kB, and made of its own files alone', async () => {
  const { chunks, sources } = await bundleEntry('src/client.ts')
  expect(sources.filter((path) => !/^src\/client[./]/.test(path))).toEqual([])
  expect(chunks.flatMap(({ imports }) => imports)).toEqual([])
  expect(packedBytes(chunks)).toBeLessThanOrEqual(3_000)
  expect(readme).toContain(`\`latchkey/client\` is ${kilobytes(packedBytes(chunks))}`)
})

test('what it adds for React is its own files, the client’s types and React', async () => {
  const { chunks, sources } = await bundleEntry('src/react.ts')
  expect(sources.filter((path) => !/^src\/(react|client)[./]/.test(path))).toEqual([])
  expect(chunks.flatMap(({ imports }) => imports).sort()).toEqual(['react', 'react/jsx-runtime'])
  expect(readme).toContain(`\`latchkey/react\` ${kilobytes(packedBytes(chunks))}`)
})

test('the front end’s first load is at most 90 kB of JavaScript, and none of the server’s', async () => {
  const { chunks, sources } = await bundle({ root: 'templates/web', build: { write: false } })
  expect(sources.filter((path) => !/^src\/(react|client)[./]/.test(path))).toEqual([])
  const first = firstLoad(chunks)
  expect(first.length).toBeLessThan(chunks.length)
  expect(packedBytes(first)).toBeLessThanOrEqual(90_000)
  expect(readme).toContain(`first load is ${kilobytes(packedBytes(first))}`)
})

/** The entry, and all that it cannot do without. */
function firstLoad(chunks: readonly Rolldown.OutputChunk[]): Rolldown.OutputChunk[] {
  const wanted = new Set<string>()
  const visit = (name: string): void => {
    if (wanted.has(name)) return
    wanted.add(name)
    for (const next of chunks.find(({ fileName }) => fileName === name)?.imports ?? []) visit(next)
  }
  for (const { fileName, isEntry } of chunks) if (isEntry) visit(fileName)
  return chunks.filter(({ fileName }) => wanted.has(fileName))
}
