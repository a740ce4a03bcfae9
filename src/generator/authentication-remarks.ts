import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { testFolder, type Wanted } from './authentication-files.ts'
import { migrateLine, testLine } from './authentication-packages.ts'
import { developmentScripts, settingsFile } from './development.ts'
import { findShutdown } from './existing-listener.ts'
import type { ExistingProject } from './existing-project.ts'
import { readTextFile } from './text-file.ts'

/** What remains to be done by hand, besides the lines that had no clear place. */
export function remarks(
  project: ExistingProject,
  { hasEnvironment, database }: { hasEnvironment: boolean; database: Wanted['database'] },
): readonly string[] {
  const { compiler, framework, language, loadsPlugins, besideJest, modules } = project
  const file = settingsFile(project)
  const asks = framework === 'next' || Object.keys(developmentScripts(project)).length > 0
  const resolution = compiler.moduleResolution?.toLowerCase()
  const isOld = resolution === 'node' || resolution === 'node10'
  // Only `nodenext` allows CommonJS to load an ES module.
  const isEarly = modules === 'cjs' && /^node1\d$/i.test(compiler.module ?? '')
  const wanted =
    modules === 'esm'
      ? '"moduleResolution": "bundler"'
      : '"module": "nodenext", without "moduleResolution"'
  return [
    ...(language === 'ts' && (isOld || isEarly)
      ? [`In tsconfig.json: ${wanted}, or the compiler does not find latchkey/server`]
      : []),
    ...(asks
      ? []
      : [
          `Have whatever starts your server in development give it ${loadsPlugins ? '-- ' : ''}--dev, or set NODE_ENV=development there: else it is in production`,
        ]),
    ...otherDatabase(project, database),
    ...ownShutdown(project),
    ...sameNames(project),
    ...(project.manifest.scripts?.migrate === undefined
      ? []
      : [
          `The script migrate is as it was; this migrates Latchkey's tables: ${migrateLine(project)}`,
        ]),
    ...(hasEnvironment ? [`In ${file}, which was there: what .env.example has`] : []),
    ...(database === 'postgres'
      ? [`Make the databases that ${file} and TEST_DATABASE_URL name`]
      : []),
    ...(besideJest
      ? [
          `Have Jest leave ${testFolder(project)} alone (testPathIgnorePatterns): it loads no ES modules there, and this does: ${testLine(project)}`,
        ]
      : []),
    ...(loadsPlugins
      ? [
          'Your routes are closed now, but for those that plugins/authentication opens: tests of others log in first',
          'Have tests that start the whole app give it dev: true, beside skipOverride in test/helper, or the variables of production',
        ]
      : []),
  ]
}

// The variable may belong to the application, which may read it from any of these files.
function otherDatabase(
  { directory, ...project }: ExistingProject,
  database: Wanted['database'],
): readonly string[] {
  const beginning = database === 'sqlite' ? /^sqlite:/ : /^postgres(?:ql)?:/
  const files = [...new Set(['.env', settingsFile(project)])]
  const other = files.find((file) => {
    const path = join(directory, file)
    const { DATABASE_URL: url } = existsSync(path) ? parseEnv(readTextFile(path)) : {}
    return url && !beginning.test(url)
  })
  if (other === undefined) return []
  return [
    `DATABASE_URL in ${other} is no ${database === 'sqlite' ? 'sqlite:' : 'postgres:'} URL, and Latchkey reads it: give one of the two another variable, or generate with the other --database`,
  ]
}

function ownShutdown(project: ExistingProject): readonly string[] {
  const path = findShutdown(project)
  if (path === null) return []
  const { source, language } = project
  return [
    `In ${path}, which ends the process on a signal: leave that to runAuthentication, or last-use times are lost, and mails that are being sent; what else has to end goes into closeAuthentication, in ${source}auth/server.${language}`,
  ]
}

// They use the same names on the request: then an open route answers 500, and Fastify does not start.
const rivals: Readonly<Record<ExistingProject['framework'], readonly string[]>> = {
  express: ['express-session', 'passport'],
  fastify: ['@fastify/jwt', '@fastify/passport', '@fastify/secure-session', '@fastify/session'],
  hono: [],
  next: [],
}

function sameNames({ framework, manifest }: ExistingProject): readonly string[] {
  const packages = { ...manifest.devDependencies, ...manifest.dependencies }
  const found = rivals[framework].filter((name) => name in packages)
  if (found.length === 0) return []
  const uses = found.length === 1 ? 'uses' : 'use'
  return [
    `Take out ${found.join(' and ')}, which ${uses} request.session or request.user as Latchkey does: one of the two logs people in`,
  ]
}
