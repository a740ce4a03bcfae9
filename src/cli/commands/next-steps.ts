import { relative } from 'node:path'
import type { Project } from '../../generator/choices.ts'
import type { startRepository } from '../../generator/repository.ts'

interface Written {
  readonly project: Project
  readonly repository: ReturnType<typeof startRepository>
}

/** Says what was written, and what is left to do. */
export function nextSteps(directory: string, { project, repository }: Written): string {
  const { database, frontEnd, names, nodePackages } = project
  const pages = frontEnd === 'react' ? ', with pages in React' : ''
  const paragraphs = [
    `Wrote ${names.title}: an API on ${database === 'sqlite' ? 'SQLite' : 'PostgreSQL'}${pages}.`,
    ...(repository === 'started' ? ['It has a new git repository, without a commit.'] : []),
    ...(Object.keys(nodePackages).length > 0 ? [bringsNode] : []),
    steps(directory, project)
      .map((line) => `\n  ${line}`)
      .join(''),
    `\nIn production ${variables(project).join(', ')} must be set:
.env.example has an example of each, and README.md explains the rest.`,
  ]
  return paragraphs.join('\n')
}

const bringsNode = `The Node of this machine is too old: npm install brings a newer one, for npm run and npx.
Its warning EBADENGINE is about the old one, which runs nothing but npm itself.`

function steps(directory: string, { database, frontEnd, names }: Project): string[] {
  const folder = relative('.', directory)
  const web = frontEnd === 'react' ? ', the pages on http://localhost:3001' : ''
  return [
    ...(folder === '' ? [] : [`cd ${quoted(folder)}`]),
    'npm install',
    ...(database === 'postgres' ? databaseSteps(names.databaseName) : []),
    'npm test',
    `npm run dev   # the API on http://localhost:3000${web}`,
  ]
}

// For PostgreSQL on this machine; users of another one know what to change.
function databaseSteps(name: string): string[] {
  const url = `postgres://postgres:postgres@127.0.0.1:5432/${name}_test`
  return [
    `createdb ${name}_development   # .env.development names it`,
    `createdb ${name}_test`,
    `export TEST_DATABASE_URL=${url}`,
  ]
}

function variables({ frontEnd }: Project): readonly string[] {
  const always = ['DATABASE_URL', 'APP_URL', 'MAIL_FROM', 'SMTP_URL']
  return frontEnd === 'react' ? [...always, 'CORS_ORIGINS'] : always
}

function quoted(path: string): string {
  return /^[\w./@%+:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
