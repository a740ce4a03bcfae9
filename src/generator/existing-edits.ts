import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExistingProject } from './existing-project.ts'

/** A file of the project's own, and what is to stand there instead. */
export interface Edit {
  readonly path: string
  readonly changes: readonly Change[]
}

interface Change {
  /** Has to be there exactly once; otherwise nobody knows whether this is the place. */
  readonly at: RegExp
  readonly to: (found: string, groups: readonly string[]) => string
  /** What somebody does by hand, where it is not. */
  readonly byHand: string
}

/** What has become of an edit: the new text, or what is left to be done. */
export type Edited =
  | { readonly kind: 'edited'; readonly path: string; readonly text: string }
  | { readonly kind: 'by hand'; readonly path: string; readonly steps: readonly string[] }

/** Makes all changes to a file, or none where one has no place. */
export function apply(project: ExistingProject, { path, changes }: Edit): Edited {
  const file = join(project.directory, path)
  let text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  for (const { at, to } of changes) {
    const found = [...text.matchAll(new RegExp(at.source, 'gm'))]
    const [only] = found
    if (found.length !== 1 || only === undefined) {
      return { kind: 'by hand', path, steps: changes.map(({ byHand }) => byHand) }
    }
    const [all, ...groups] = only
    const before = text.slice(0, only.index)
    text = before + to(all, groups) + text.slice(only.index + all.length)
  }
  return { kind: 'edited', path, text }
}

/** The edits that a project needs beside its new files. */
export function listEdits(project: ExistingProject): readonly Edit[] {
  const { framework, entry, loadsPlugins } = project
  if (framework === 'next') return [nextConfig(project), ...extensionsOf(project)]
  if (loadsPlugins) return [...fastifyCompiler(project), ...extensionsOf(project)]
  const path = entry ?? `the file that makes the ${named[framework]} app`
  return [{ path, changes: mounts[framework](project) }, ...extensionsOf(project)]
}

const named = { hono: 'Hono', fastify: 'Fastify', express: 'Express' }

const mounts = {
  hono: (project: ExistingProject): readonly Change[] => {
    const isTyped = project.language === 'ts'
    const typed = isTyped ? ["import type { Protected } from 'latchkey/hono'"] : []
    const imports = [...typed, importOf('{ mountAuthentication }', project)]
    return [
      importBehind('hono', imports),
      {
        at: /^((?:export )?const (\w+) = new Hono)\(\)(;?)$/,
        to: (_all, [made = '', app = '', end = '']) =>
          `${made}${isTyped ? '<Protected>' : ''}()${end}\n\nawait mountAuthentication(${app})${end}`,
        byHand: `right behind \`const app = new Hono${isTyped ? '<Protected>' : ''}()\`:
  await mountAuthentication(app)`,
      },
    ]
  },
  fastify: (project: ExistingProject): readonly Change[] => [
    importBehind('fastify', [importOf('authentication', project)]),
    {
      at: /^(?:const|let|var) (\w+)(?:: \w+)? = [fF]astify\([^()]*\)(;?)$/,
      to: (made, [app = '', end = '']) => `${made}\n\n${app}.register(authentication)${end}`,
      byHand: 'right behind `const app = Fastify(…)`:\n  app.register(authentication)',
    },
  ],
  express: (project: ExistingProject): readonly Change[] => [
    importBehind('express', [importOf('{ mountAuthentication }', project)]),
    ...expressMount(project),
  ],
}

// Static files were for everybody, and stay so.
function expressMount({ directory, entry }: ExistingProject): readonly Change[] {
  const text = entry === null ? '' : readFileSync(join(directory, entry), 'utf8')
  const made = /^((?:const|let|var)) (\w+)(?:: [\w.]+)? = express\(\)(;?)$/
  const declared = (kind: string, end: string) =>
    `${kind} { authenticationRoutes, requireAuthentication } = mountAuthentication()${end}`
  const byHand = `right behind \`const app = express()\`:
  const { authenticationRoutes, requireAuthentication } = mountAuthentication()
  app.use(authenticationRoutes, requireAuthentication)`
  const files = /^(\w+)\.use\(express\.static\(.*\)\)(;?)$/
  if (!new RegExp(files.source, 'm').test(text)) {
    const use = (app: string) => `${app}.use(authenticationRoutes, requireAuthentication)`
    const to: Change['to'] = (all, [kind = '', app = '', end = '']) =>
      `${all}\n\n${declared(kind, end)}\n${use(app)}${end}`
    return [{ at: made, to, byHand }]
  }
  return [
    {
      at: made,
      to: (all, [kind = '', app = '', end = '']) =>
        `${all}\n\n${declared(kind, end)}\n${app}.use(authenticationRoutes)${end}`,
      byHand,
    },
    {
      at: files,
      to: (all, [app = '', end = '']) => `${all}\n${app}.use(requireAuthentication)${end}`,
      byHand:
        'app.use(requireAuthentication) rather behind express.static, whose files are for everybody',
    },
  ]
}

function importOf(names: string, { modules, entry, source, ending }: ExistingProject): string {
  const isBeside = entry?.startsWith('src/') || source === ''
  const from = `'./${isBeside ? '' : source}auth/mount${ending}'`
  return modules === 'cjs' && !entry?.endsWith('ts')
    ? `const ${names} = require(${from})`
    : `import ${names} from ${from}`
}

/** Behind the line that loads a package, in the manner of that line. */
function importBehind(packageName: string, lines: readonly string[]): Change {
  return {
    at: new RegExp(
      `^(?:import .*\\bfrom |(?:const|let|var) .* = require\\()(['"])${packageName}\\1\\)?(?:\\(.*\\))?(;?)$`,
    ),
    to: (found, [quote = "'", end = '']) => {
      const kind = /^(?:const|let|var)/.exec(found)?.[0] ?? 'const'
      const alike = lines.map((line) =>
        line
          .replace(/^const/, kind)
          .replaceAll("'", quote)
          .concat(end),
      )
      return [found, ...alike].join('\n')
    },
    byHand: lines.join('\n'),
  }
}

// Bundled, Latchkey would not find the migrations that lie beside its code.
function nextConfig({ directory }: ExistingProject): Edit {
  const names = ['next.config.ts', 'next.config.mjs', 'next.config.js']
  const path = names.find((name) => existsSync(join(directory, name))) ?? 'next.config.mjs'
  return {
    path,
    changes: [
      {
        at: /^( *)\/\* config options here \*\/$/,
        to: (_all, [indent = '']) => `${indent}serverExternalPackages: ["latchkey"],`,
        byHand: "serverExternalPackages: ['latchkey']",
      },
    ],
  }
}

// The code names files as they are: Node runs the tests as they stand.
function extensionsOf({ language, ending, compiler }: ExistingProject): readonly Edit[] {
  const { allowImportingTsExtensions, rewriteRelativeImportExtensions } = compiler
  if (language === 'js' || ending !== '.ts') return []
  if (allowImportingTsExtensions || rewriteRelativeImportExtensions) return []
  return [
    {
      path: 'tsconfig.json',
      changes: [
        {
          at: /^(\s*)"noEmit": true,$/,
          to: (found, [indent = '']) => `${found}\n${indent}"allowImportingTsExtensions": true,`,
          byHand: '"allowImportingTsExtensions": true among the compilerOptions',
        },
      ],
    },
  ]
}

// What fastify-cli writes is compiled by TypeScript 6 only when that is told more: without it neither
// the project's tests would run nor these.
function fastifyCompiler({ directory, compiler, manifest }: ExistingProject): readonly Edit[] {
  const [, major = '0'] = /(\d+)/.exec(manifest.devDependencies?.typescript ?? '') ?? []
  if (Number(major) < 6 || compiler.rootDir !== undefined) return []
  const insert = (line: string, at: RegExp): Change => ({
    at,
    to: (found, [indent = '']) => `${indent}${line},\n${found}`,
    byHand: `${line} among the compilerOptions, for TypeScript 6`,
  })
  const types =
    compiler.types === undefined ? [insert('"types": ["node"]', /^( *)"outDir": ".*",$/)] : []
  const own = [insert('"rootDir": "src"', /^( *)"outDir": ".*",$/), ...types]
  const tests: Edit = {
    path: 'test/tsconfig.json',
    changes: [
      {
        at: /^( *)"baseUrl": "\.",$/,
        to: (_all, [indent = '']) => `${indent}"rootDir": "..",`,
        byHand: '"rootDir": ".." in the place of "baseUrl", for TypeScript 6',
      },
    ],
  }
  return [
    { path: 'tsconfig.json', changes: own },
    ...(existsSync(join(directory, tests.path)) ? [tests] : []),
  ]
}
