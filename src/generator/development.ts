import type { ExistingProject } from './existing-project.ts'

/**
 * The scripts that ask for development, with `--dev` at their end; the project may have one of that name. None
 * if it is not clear which line starts the server. `next dev` asks by itself.
 */
export function developmentScripts({
  framework,
  manifest: { scripts = {} },
}: Pick<ExistingProject, 'framework' | 'manifest'>): Readonly<Record<string, string>> {
  if (framework === 'next') return {}
  // fastify-cli's TypeScript project has a second script, which the first starts beside the compiler.
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

// The server of `start`, which restarts when a file changes.
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

// fastify-cli watches the whole folder: each write of the database would restart the server, for ever.
function withoutData(line: string): string {
  if (!/ (?:-w|--watch)\b/.test(line)) return line
  return line.includes('--ignore-watch=')
    ? line.replace(/--ignore-watch=(\S+)/, '--ignore-watch="$1 storage"')
    : line.replace('fastify start', 'fastify start --ignore-watch=storage')
}

// Arguments after the server's file are the server's.
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
