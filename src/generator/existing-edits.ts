import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { instrumentationFiles } from './authentication-files.ts'
import { apply, type Change, type Edit, nowhere } from './edit.ts'
import { findListener } from './existing-listener.ts'
import { mountChanges } from './existing-mounts.ts'
import type { ExistingProject } from './existing-project.ts'

/** The edits that a project needs besides its new files. */
export function listEdits(project: ExistingProject): readonly Edit[] {
  return [...serverEdits(project), ...extensionsOf(project)]
}

function serverEdits(project: ExistingProject): readonly Edit[] {
  const { framework, entry, loadsPlugins } = project
  if (framework === 'next') return [nextConfig(project), ...instrumentation(project)]
  if (loadsPlugins) return fastifyCompiler(project)
  const path = entry ?? `the file that makes the ${named[framework]} app`
  const mount = { path, changes: mountChanges(project) }
  // The plugin itself knows when the app listens, and when it closes.
  if (framework === 'fastify') return [mount]
  const listener = findListener(project)
  if (listener.path !== path) return [mount, listener]
  const both = { path, changes: [...mount.changes, ...listener.changes] }
  // If one of the two has no clear place, the other may still have one.
  return apply(project, both).kind === 'edited' ? [both] : [mount, listener]
}

const named = { hono: 'Hono', fastify: 'Fastify', express: 'Express' }

// A project has only one such file, which may do other things too, so it is edited by hand.
function instrumentation(project: ExistingProject): readonly Edit[] {
  const path = instrumentationFiles(project).find((each) =>
    existsSync(join(project.directory, each)),
  )
  if (path === undefined) return []
  const byHand = `in register(), where NEXT_RUNTIME is 'nodejs':
  const { startAuthentication } = await import('./auth/authentication${project.ending}')
  await startAuthentication()`
  return [{ path, changes: [{ at: nowhere, to: () => '', byHand }] }]
}

// If Latchkey were bundled, it would not find the migrations beside its code.
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

// The code imports files by their real names, since Node runs the tests uncompiled.
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

// A project of fastify-cli needs these options to compile with TypeScript 6: without them neither its own tests nor
// the new ones would run.
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
