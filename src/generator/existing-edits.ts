import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { instrumentationFiles } from './authentication-files.ts'
import { apply, type Change, type Edit, nowhere } from './edit.ts'
import { findListener } from './existing-listener.ts'
import { mountChanges } from './existing-mounts.ts'
import type { ExistingProject } from './existing-project.ts'

/** The edits that a project needs beside its new files. */
export function listEdits(project: ExistingProject): readonly Edit[] {
  return [...serverEdits(project), ...extensionsOf(project)]
}

function serverEdits(project: ExistingProject): readonly Edit[] {
  const { framework, entry, loadsPlugins } = project
  if (framework === 'next') return [nextConfig(project), ...instrumentation(project)]
  if (loadsPlugins) return fastifyCompiler(project)
  const path = entry ?? `the file that makes the ${named[framework]} app`
  const mount = { path, changes: mountChanges(project) }
  // It says itself when it listens, and when it ends.
  if (framework === 'fastify') return [mount]
  const listener = findListener(project)
  if (listener.path !== path) return [mount, listener]
  const both = { path, changes: [...mount.changes, ...listener.changes] }
  // Where one of the two is not clear, the other may be.
  return apply(project, both).kind === 'edited' ? [both] : [mount, listener]
}

const named = { hono: 'Hono', fastify: 'Fastify', express: 'Express' }

// There is one such file in a project, and what else it does is its own.
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
