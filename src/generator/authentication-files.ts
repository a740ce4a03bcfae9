import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path/posix'
import { toCommonJs, toJavaScript } from './authentication-code.ts'
import { settingsFile } from './development.ts'
import type { ExistingProject, Framework } from './existing-project.ts'
import { type Files, readTemplateFile, readTemplateFolder } from './template.ts'

/** What the code depends on besides the project. */
export interface Wanted {
  readonly database: 'sqlite' | 'postgres'
  readonly title: string
}

/** The code files, by their paths in the project: copies of the templates in the project's language. */
export function writeCode(project: ExistingProject, { database, title }: Wanted): Files {
  const places = placesOf(project)
  const files: Files = new Map()
  for (const [path, content] of readSources()) {
    const module = moduleOf(path, { framework: project.framework, database })
    if (module === null || isTaken(project, module)) continue
    const place = places[module]
    if (place === undefined) continue
    const text = content
      .replaceAll("'.env'", `'${settingsFile(project)}'`)
      .replace("'My App'", () => `'${title}'`)
      .replace("['GET /']", openRoutes(project))
    files.set(
      `${place}.${project.language}`,
      Buffer.from(translate(text, { project, places, place })),
    )
  }
  return files
}

/** The files that Next.js may run when its server starts; the project may have one of its own. */
export function instrumentationFiles({ source }: ExistingProject): readonly string[] {
  return ['ts', 'js', 'tsx', 'jsx'].map((ending) => `${source}instrumentation.${ending}`)
}

function isTaken(project: ExistingProject, module: string): boolean {
  const paths = module === 'instrumentation' ? instrumentationFiles(project) : []
  return paths.some((path) => existsSync(join(project.directory, path)))
}

// The file that says where tests keep their data is the same in a project of `latchkey new`.
function* readSources(): Generator<[path: string, content: string]> {
  for (const [path, content] of readTemplateFolder('authentication')) {
    yield [path, content.toString()]
  }
  for (const name of ['testing-database.ts', 'testing-database-postgres.ts']) {
    yield [`shared/${name}`, readTemplateFile(`api/${name}`)]
  }
}

// The tests in a new project of fastify-cli expect its second route to be open.
function openRoutes({ directory, source, loadsPlugins }: ExistingProject): string {
  const hasExample = loadsPlugins && existsSync(join(directory, `${source}routes/example`))
  return hasExample ? "['GET /', 'GET /example']" : "['GET /']"
}

/** The folder of the tests: beside the project's own tests, or beside the code. */
export function testFolder({
  directory,
  source,
}: Pick<ExistingProject, 'directory' | 'source'>): string {
  return existsSync(join(directory, 'test')) ? 'test/auth' : `${source}auth`
}

type Places = Readonly<Record<string, string>>

// The path of each module in the project, without an extension, by its name in the templates.
function placesOf(project: ExistingProject): Places {
  const { framework, source, loadsPlugins } = project
  const auth = `${source}auth`
  const tests = testFolder(project)
  const shared = ['auth', 'database', 'environment', 'mails', 'migrate', 'server', 'transport']
  return {
    ...Object.fromEntries(shared.map((name) => [name, `${auth}/${name}`])),
    mount: loadsPlugins ? `${source}plugins/authentication` : `${auth}/mount`,
    testing: `${tests}/testing`,
    'testing-database': `${tests}/testing-database`,
    'authentication.test': `${tests}/authentication.test`,
    ...(framework === 'next' ? nextPlaces(source) : {}),
  }
}

function nextPlaces(source: string): Places {
  return {
    authentication: `${source}auth/authentication`,
    handlers: `${source}auth/handlers`,
    route: `${source}app/v1/[...path]/route`,
    'health-route': `${source}app/health/[...path]/route`,
    'well-known-route': `${source}app/.well-known/[...path]/route`,
    example: `${source}app/me/route`,
    instrumentation: `${source}instrumentation`,
  }
}

function moduleOf(
  path: string,
  { framework, database }: { framework: Framework; database: Wanted['database'] },
): string | null {
  const [, folder = '', name = ''] = /^(\w+)\/([\w.-]+)\.ts$/.exec(path) ?? []
  if (folder !== 'shared' && folder !== framework) return null
  if (framework === 'next' && path === 'shared/transport.ts') return null
  const hasHooks = framework === 'next' || framework === 'fastify'
  if (hasHooks && path === 'shared/server.ts') return null
  const isPostgres = name.endsWith('-postgres')
  if (database === 'sqlite') return isPostgres ? null : name
  return withAlternative.includes(name) ? null : name.replace('-postgres', '')
}

const withAlternative = ['database', 'testing-database']

interface Translating {
  readonly project: ExistingProject
  readonly places: Places
  readonly place: string
}

function translate(text: string, { project, places, place }: Translating): string {
  const { language, modules, runner } = project
  const located = text
    .replace(
      /( from |\bimport\()'(?:\.\.?\/)+(?:\w+\/)?([\w-]+)\.ts'/g,
      (_all, word, module: string) => {
        const path = relative(dirname(place), places[module] ?? module)
        const local = path.startsWith('.') ? path : `./${path}`
        return `${word}'${local}${project.ending}'`
      },
    )
    .replace("from 'node:test'", `from '${runner}'`)
  const sorted = sortImports(located)
  if (language === 'ts') return sorted
  const plain = toJavaScript(sorted)
  return modules === 'cjs' ? toCommonJs(plain) : plain
}

// In the order of the templates: packages first, then the project's own files, by path.
function sortImports(text: string): string {
  return text.replace(/(?:^import [\s\S]*?from '\.[^']*'\n)+/m, (block) => {
    const lines = block.match(/^import [\s\S]*?from '[^']*'\n/gm) ?? []
    const rank = (line: string) => /from '(.*)'/.exec(line)?.[1] ?? ''
    const own = lines.filter((line) => rank(line).startsWith('.'))
    const others = lines.filter((line) => !rank(line).startsWith('.'))
    own.sort(
      (one, other) => depth(rank(other)) - depth(rank(one)) || (rank(one) < rank(other) ? -1 : 1),
    )
    return [...others, ...own].join('')
  })
}

function depth(path: string): number {
  return path.split('../').length
}
