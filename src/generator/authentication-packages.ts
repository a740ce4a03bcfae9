import type { Wanted } from './authentication-files.ts'
import type { LatchkeySource } from './choices.ts'
import { developmentScripts } from './development.ts'
import { type Additions, hasTests } from './existing-manifest.ts'
import type { ExistingProject } from './existing-project.ts'

/** The source of Latchkey, and the versions of the other packages. */
export interface Packages {
  readonly latchkey: LatchkeySource
  /** The versions that Latchkey needs, by package name. */
  readonly peers: Readonly<Record<string, string>>
}

/** What a project's `package.json` needs for authentication. */
export function additionsTo(
  project: ExistingProject,
  { database, latchkey, peers }: Packages & Pick<Wanted, 'database'>,
): Additions {
  const from = latchkey.kind === 'file' ? `file:${latchkey.path}` : `^${latchkey.version}`
  const needed = (name: string) => ({ [name]: peers[name] ?? '*' })
  const isPostgres = database === 'postgres'
  return {
    dependencies: {
      latchkey: from,
      ...needed('nodemailer'),
      ...(isPostgres ? needed('pg') : {}),
      ...(project.framework === 'fastify' ? needed('fastify-plugin') : {}),
    },
    devDependencies: isPostgres && project.language === 'ts' ? needed('@types/pg') : {},
    scripts: {
      migrate: migrateLine(project),
      ...(hasTests(project) ? {} : { test: testLine(project) }),
    },
    changed: developmentScripts(project),
  }
}

/** The command that migrates Latchkey's tables. */
export function migrateLine(project: ExistingProject): string {
  const { source, language, compiler, ending } = project
  const file = `auth/migrate.${project.language}`
  if (language === 'js' || ending === '.ts') return `node ${source}${file}`
  if (hasPackage(project, 'tsx')) return `tsx ${source}${file}`
  return `${buildLine(project)} && node ${compiler.outDir ?? 'dist'}/auth/migrate.js`
}

/** The command that runs the tests that are written. */
export function testLine(project: ExistingProject): string {
  const { source, language, compiler, ending, runner } = project
  if (runner === 'vitest') return 'vitest run'
  if (runner === '@jest/globals')
    return 'node --experimental-vm-modules node_modules/jest/bin/jest.js'
  if (language === 'js') return 'node --test'
  if (ending === '.ts') return `node --test "${source}auth/**/*.test.ts"`
  if (hasPackage(project, 'tsx')) return `tsx --test "${source || '**/'}**/*.test.ts"`
  return `${buildLine(project)} && node --test "${compiler.outDir ?? 'dist'}/**/*.test.js"`
}

function buildLine({ manifest: { scripts = {} } }: ExistingProject): string {
  const name = ['build', 'build:ts'].find((each) => each in scripts)
  return name === undefined ? 'tsc' : `npm run ${name}`
}

function hasPackage({ manifest }: ExistingProject, name: string): boolean {
  return name in { ...manifest.dependencies, ...manifest.devDependencies }
}
