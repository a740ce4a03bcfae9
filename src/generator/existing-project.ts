import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CompilerOptions, readCompilerOptions } from './compiler-options.ts'
import { isFile } from './folder.ts'
import { refuseVersion } from './versions.ts'

export const frameworks = ['hono', 'fastify', 'express', 'next'] as const
export type Framework = (typeof frameworks)[number]

/** What the generator must know of an existing project to write into it. */
export interface ExistingProject {
  readonly directory: string
  readonly framework: Framework
  readonly manifest: Manifest
  readonly language: 'ts' | 'js'
  readonly modules: 'esm' | 'cjs'
  /** The extension in an import of one of its files. */
  readonly ending: '.ts' | '.js' | ''
  /** The folder of its code: `src/`, or the project itself. */
  readonly source: 'src/' | ''
  /** The file that creates its app; null if none was found. */
  readonly entry: string | null
  /** Whether `@fastify/autoload` loads everything in `plugins/`. */
  readonly loadsPlugins: boolean
  readonly runner: 'node:test' | 'vitest' | '@jest/globals'
  /** Whether the project has Jest, which cannot run these tests. */
  readonly besideJest: boolean
  readonly compiler: CompilerOptions
}

export interface Manifest {
  readonly name?: string
  readonly type?: string
  readonly main?: string
  readonly workspaces?: unknown
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/**
 * Examines a project. A returned text says why nothing can be written into it.
 *
 * @param wanted the framework, if package.json names several; null to find it there
 */
export function readExistingProject(
  directory: string,
  wanted: Framework | null,
): ExistingProject | string {
  const file = join(directory, 'package.json')
  if (!existsSync(file)) return `There is no package.json here: run this in the folder of a project`
  const manifest = readManifest(file)
  if (manifest === null) return 'package.json here is no JSON'
  // The command of a clone runs in the folder of the clone, wherever it was called.
  if (manifest.name === 'latchkey') {
    return 'This is the folder of Latchkey itself: run this in the folder of a project'
  }
  const packages = { ...manifest.devDependencies, ...manifest.dependencies }
  const framework = findFramework(packages, wanted)
  if (!isFramework(framework)) return framework
  const refused = refuseVersion(framework, packages)
  if (refused !== null) return refused
  const tsconfig = join(directory, 'tsconfig.json')
  const language = existsSync(tsconfig) ? 'ts' : 'js'
  const compiler = language === 'ts' ? readCompilerOptions(tsconfig) : {}
  const source = findSource(directory, framework)
  if (source === null)
    return 'Next.js needs the App Router for this, and there is no folder app or src/app'
  const entry =
    framework === 'next' ? null : findEntry(directory, { framework, manifest, language })
  const modules = findModules(directory, { framework, manifest, language, entry })
  return {
    ...{ directory, framework, manifest, language, modules, source, entry, compiler },
    ending: findEnding({ language, modules, compiler }),
    loadsPlugins:
      entry !== null && /@fastify\/autoload/.test(readFileSync(join(directory, entry), 'utf8')),
    ...findRunner(packages, { language, modules }),
  }
}

const unknownFramework =
  'package.json names none of hono, fastify, express and next: authentication is generated for Hono 4, Fastify 5, Express 5 and Next.js 15'

/** A `package.json`; null if it does not exist, or npm could not read it either. */
export function readManifest(file: string): Manifest | null {
  try {
    return Object(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return null
  }
}

// If a project has Next.js, other frameworks run inside it.
function findFramework(packages: object, wanted: Framework | null): string {
  const named = frameworks.filter((name) => name in packages)
  if (wanted !== null) {
    return named.includes(wanted) ? wanted : `package.json does not name ${wanted}`
  }
  const [first, ...others] = named.includes('next') ? ['next'] : named
  if (first === undefined) return unknownFramework
  return others.length === 0
    ? first
    : `package.json names ${named.join(' and ')}: say by --framework which of them listens`
}

function isFramework(text: string): text is Framework {
  return frameworks.some((name) => name === text)
}

function findModules(
  directory: string,
  {
    framework,
    manifest,
    language,
    entry,
  }: Pick<ExistingProject, 'framework' | 'manifest' | 'language' | 'entry'>,
): ExistingProject['modules'] {
  if (manifest.type !== undefined || framework === 'next') {
    return manifest.type === 'module' || framework === 'next' ? 'esm' : 'cjs'
  }
  // Without a type in package.json, Node decides by the syntax of a JavaScript file, and a compiler writes CommonJS.
  const text = language === 'js' && entry ? readFileSync(join(directory, entry), 'utf8') : ''
  return /^import\b.*\bfrom\b|^export /m.test(text) ? 'esm' : 'cjs'
}

function findSource(directory: string, framework: Framework): 'src/' | '' | null {
  if (framework === 'next') {
    if (existsSync(join(directory, 'app'))) return ''
    return existsSync(join(directory, 'src/app')) ? 'src/' : null
  }
  return existsSync(join(directory, 'src')) ? 'src/' : ''
}

function findEntry(
  directory: string,
  { framework, manifest, language }: Pick<ExistingProject, 'framework' | 'manifest' | 'language'>,
): string | null {
  const made = { hono: /\bnew Hono\b/, express: /\bexpress\(\)/, fastify: fastifyMade, next: /^$/ }
  const names = ['app', 'index', 'server', 'main'].flatMap((name) => [`src/${name}`, name])
  const files = names.flatMap((name) =>
    ['ts', 'js', 'mts', 'mjs', 'cjs'].map((end) => `${name}.${end}`),
  )
  const main = manifest.main?.replace(/^\.\//, '') ?? ''
  // In a TypeScript project a JavaScript file is compiler output, and would be overwritten.
  const isSource = language === 'js' || /\.[mc]?ts$/.test(main)
  const candidates = [...(main && isSource ? [main] : []), ...files]
  return (
    candidates.find((path) => {
      const file = join(directory, path)
      return isFile(file) && made[framework].test(readFileSync(file, 'utf8'))
    }) ?? null
  )
}

const fastifyMade = /\b[fF]astify\(|require\((['"])fastify\1\)\(|@fastify\/autoload/

function findEnding({
  language,
  modules,
  compiler,
}: Pick<ExistingProject, 'language' | 'modules' | 'compiler'>): ExistingProject['ending'] {
  if (modules === 'cjs') return ''
  const { noEmit, allowImportingTsExtensions, rewriteRelativeImportExtensions } = compiler
  const isTs = noEmit || allowImportingTsExtensions || rewriteRelativeImportExtensions
  return language === 'ts' && isTs ? '.ts' : '.js'
}

function findRunner(
  packages: object,
  { language, modules }: Pick<ExistingProject, 'language' | 'modules'>,
): Pick<ExistingProject, 'runner' | 'besideJest'> {
  if ('vitest' in packages) return { runner: 'vitest', besideJest: false }
  if (!('jest' in packages)) return { runner: 'node:test', besideJest: false }
  // Jest can load Latchkey, an ES module, only into other ES modules.
  const isLoaded = language === 'js' && modules === 'esm'
  return { runner: isLoaded ? '@jest/globals' : 'node:test', besideJest: !isLoaded }
}
