import type { ExistingProject } from './existing-project.ts'

/**
 * The scripts that start the server in development mode, with `--dev` at their end; the project may already have one
 * of that name. None if it is not clear which line starts the server, and none for Next.js, whose `next dev` needs no
 * option.
 */
export function developmentScripts({
  framework,
  manifest: { scripts = {} },
}: Pick<ExistingProject, 'framework' | 'manifest'>): Readonly<Record<string, string>> {
  if (framework === 'next') return {}
  // In a TypeScript project of fastify-cli the first script starts the second beside the compiler.
  const own = ['dev', 'dev:start'].filter((name) => name in scripts)
  const lines =
    own.length > 0 ? own.map((name) => [name, scripts[name]]) : [['dev', begun(scripts)]]
  return Object.fromEntries(
    lines.flatMap(([name = '', line = '']) => {
      const asking = asked(line)
      return asking === null ? [] : [[name, asking]]
    }),
  )
}

// The command of `start`, such that the server restarts when a file changes.
function begun({ start = '' }: Readonly<Record<string, string>>): string {
  return start
    .replace(/(?<=^|&& )node (?!.*--watch)/, 'node --watch ')
    .replace(/(?<=^|&& )tsx (?!watch )/, 'tsx watch ')
    .replace(/(?<=^|&& )fastify start (?!.*-w)/, 'fastify start -w ')
}

function asked(line: string): string | null {
  if (startsServer.test(line)) return `${line} --dev`
  if (!startsPlugin.test(line)) return null
  // Arguments after `--` are for the app.
  return `${withoutData(line)}${line.includes(' -- ') ? '' : ' --'} --dev`
}

// fastify-cli watches the whole folder: each write to the database would restart the server, in an endless loop.
function withoutData(line: string): string {
  if (!/ (?:-w|--watch)\b/.test(line)) return line
  return line.includes('--ignore-watch=')
    ? line.replace(/--ignore-watch=(\S+)/, '--ignore-watch="$1 storage"')
    : line.replace('fastify start', 'fastify start --ignore-watch=storage')
}

// What follows the server's file are arguments of the server.
const startsServer =
  /(?:^|&& )(?:node|nodemon|tsx|ts-node)(?: [^\s&|;<>"'`]+)* [^\s&|;<>"'`]*[./][^\s&|;<>"'`]*$/
const startsPlugin = /(?:^|&& )fastify start(?: [^\s&|;<>"'`]+)+$/

/** The file that holds the variables for development. */
export function settingsFile({
  framework,
  loadsPlugins,
}: Pick<ExistingProject, 'framework' | 'loadsPlugins'>): string {
  // SECURITY: Next.js and fastify-cli read `.env` by themselves, even in production.
  if (framework === 'next') return '.env.development.local'
  return loadsPlugins ? '.env.development' : '.env'
}
