import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isFile } from '../../generator/folder.ts'
import { defineCommand, Refused, UsageError } from './command.ts'
import { readEnvironmentFile } from './environment-file.ts'

export const serveProject = defineCommand(
  {
    name: 'serve',
    summary: 'Start the server of the project in the working directory',
    details: `Runs FILE, or server.ts, or server.js, in this process, until SIGTERM or Ctrl-C: in
production mode, with the variables of .env if there is one, or in development mode
with those of .env.development. Variables that are already set take precedence. This
is what npm start does in a project of latchkey new, but without npm, which does not
pass SIGTERM on, and without its flags for Node: pass those in NODE_OPTIONS.`,
    operands: '[FILE]',
    options: {
      dev: { type: 'boolean', meaning: 'Development: a demo user, and mails in a mailbox' },
    },
    examples: ['latchkey serve', 'latchkey serve --dev', 'WEB_CONCURRENCY=2 latchkey serve'],
  },
  async ({ values, positionals }) => {
    const file = findServer(positionals)
    if (!values.dev) readEnvironmentFile('.env')
    await import(pathToFileURL(file).href)
  },
)

function findServer(positionals: readonly string[]): string {
  const [named, ...more] = positionals
  if (more.length > 0) throw new UsageError('Name one file')
  const names = named === undefined ? ['server.ts', 'server.js'] : [named]
  const file = names.map((name) => resolve(name)).find(isFile)
  if (file !== undefined) return file
  if (named !== undefined && existsSync(named)) {
    throw new Refused(`${named} is a folder: name the file that starts the server`)
  }
  throw new Refused(`There is no ${names.join(', nor ')} in this folder`)
}
