import type { ExistingProject } from './existing-project.ts'

/**
 * The scripts that ask for development, with `--dev` at their end; one of that name may be there. Without
 * any it is not clear which line starts the server; `next dev` asks by itself.
 */
export function developmentScripts({
  framework,
  manifest: { scripts = {} },
}: Pick<ExistingProject, 'framework' | 'manifest'>): Readonly<Record<string, string>> {
  if (framework === 'next') return {}
  // What fastify-cli writes for TypeScript has a second one, which the first starts beside the compiler.
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

// The server of `start`, which begins anew when a file has changed.
function begun({ start = '' }: Readonly<Record<string, string>>): string {
  return start
    .replace(/(?<=^|&& )node (?!.*--watch)/, 'node --watch ')
    .replace(/(?<=^|&& )tsx (?!watch )/, 'tsx watch ')
    .replace(/(?<=^|&& )fastify start (?!.*-w)/, 'fastify start -w ')
}

function asked(line: string): string | null {
  if (startsServer.test(line)) return `${line} --dev`
  if (!startsPlugin.test(line)) return null
  // What stands behind `--` is for the app.
  return `${withoutData(line)}${line.includes(' -- ') ? '' : ' --'} --dev`
}

// fastify-cli watches the whole folder: what the database writes would start the server again, for ever.
function withoutData(line: string): string {
  if (!/ (?:-w|--watch)\b/.test(line)) return line
  return line.includes('--ignore-watch=')
    ? line.replace(/--ignore-watch=(\S+)/, '--ignore-watch="$1 storage"')
    : line.replace('fastify start', 'fastify start --ignore-watch=storage')
}

// What stands behind the server's file is the server's.
const startsServer =
  /(?:^|&& )(?:node|nodemon|tsx|ts-node)(?: [^\s&|;<>"'`]+)* [^\s&|;<>"'`]*[./][^\s&|;<>"'`]*$/
const startsPlugin = /(?:^|&& )fastify start(?: [^\s&|;<>"'`]+)+$/

/** The file in which variables are for development. */
export function settingsFile({
  framework,
  loadsPlugins,
}: Pick<ExistingProject, 'framework' | 'loadsPlugins'>): string {
  // SECURITY: Next.js and fastify-cli themselves read `.env`, in production as well.
  if (framework === 'next') return '.env.development.local'
  return loadsPlugins ? '.env.development' : '.env'
}
