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
  const own = Object.entries(scripts).filter(([name]) => name === 'dev')
  const lines = own.length > 0 ? own : [['dev', scripts.start ?? '']]
  return Object.fromEntries(
    lines.flatMap(([name, line = '']) =>
      startsServer.test(line) ? [[name, `${line} --dev`]] : [],
    ),
  )
}

// What stands behind the server's file is the server's; `fastify start` of fastify-cli keeps it to itself.
const startsServer =
  /(?:^|&& )(?:node|nodemon|tsx|ts-node)(?: [^\s&|;<>"'`]+)* [^\s&|;<>"'`]*[./][^\s&|;<>"'`]*$/

/** The file in which variables are for development. */
export function settingsFile({ framework }: Pick<ExistingProject, 'framework'>): string {
  // Next.js itself reads `.env` in production as well.
  return framework === 'next' ? '.env.development.local' : '.env'
}
