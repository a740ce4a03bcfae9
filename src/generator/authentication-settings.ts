import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Wanted } from './authentication-files.ts'
import { settingsFile } from './development.ts'
import type { ExistingProject } from './existing-project.ts'
import { readTemplateFile } from './template.ts'
import { readTextFile } from './text-file.ts'

/** Example variables of a server, with values for development. */
export function writeExample(project: ExistingProject, { database, title }: Wanted): string {
  const { framework } = project
  const appUrl = framework === 'next' ? 'http://localhost:3000' : 'http://localhost:5173'
  const databaseUrl =
    database === 'sqlite'
      ? 'sqlite:storage/development.sqlite3'
      : 'postgres://postgres:postgres@127.0.0.1:5432/development'
  const values: Record<string, string> = {
    ...{ appUrl, databaseUrl, title },
    file: settingsFile(project),
  }
  const template = readTemplateFile('authentication/shared/env.example')
  return template.replace(/\{\{(\w+)\}\}/g, (_all, name) => values[name] ?? '')
}

/** The lines to add to `.gitignore`. */
export function ignored(project: ExistingProject): string {
  const { framework, directory } = project
  const first = existsSync(join(directory, '.gitignore')) ? [] : ['node_modules/']
  // Next's own `.gitignore` has `.env*`.
  const example = framework === 'next' ? ['!.env.example'] : []
  return [...first, 'storage/', settingsFile(project), ...example]
    .map((line) => `${line}\n`)
    .join('')
}

/** The text of a file with the lines that it lacks added at its end; the file may not exist. */
export function append({ directory }: ExistingProject, path: string, text: string): string {
  const file = join(directory, path)
  if (!existsSync(file)) return text
  const before = readTextFile(file)
  const lines = before.split('\n')
  const lacking = text.split('\n').filter((line) => line !== '' && !lines.includes(line))
  if (lacking.length === 0) return before
  const gap = before === '' || before.endsWith('\n') ? '' : '\n'
  return `${before}${gap}\n${lacking.join('\n')}\n`
}
