import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Choices } from './choices.ts'

/** The contents of a project's files, by path. */
export type Files = Map<string, Buffer>

/** The files for a project with these choices, unchanged from the templates. */
export function readTemplate(choices: Choices): Files {
  const files: Files = new Map()
  for (const [path, content] of readTemplateFolder('project')) files.set(projectPath(path), content)
  for (const [path, content] of readTemplateFolder('deployment'))
    files.set(`deploy/${path}`, content)
  for (const [path, content] of readTemplateFolder('api')) {
    const place = apiPath(path, choices)
    if (place !== null) files.set(place, content)
  }
  if (choices.frontEnd === 'none') return files
  for (const [path, content] of readTemplateFolder('web')) files.set(`web/${path}`, content)
  return files
}

/** One file of a template, such as `api/projects.ts`. */
export function readTemplateFile(path: string): string {
  return readFileSync(join(templateFolder(''), path), 'utf8')
}

/** Whether a file with this name belongs to a template, rather than being created by installing or building it. */
export function isTemplate(name: string): boolean {
  return !made.includes(name)
}

// The .gitignore of a project has another name in the templates, since npm would obey it inside the package.
const made = ['node_modules', 'dist', 'storage', 'package-lock.json', '.gitignore', '.DS_Store']

/** All files of a template, by their paths in it. */
export function* readTemplateFolder(name: string): Generator<[path: string, content: Buffer]> {
  const folder = templateFolder(name)
  for (const path of listFiles(folder)) yield [path, readFileSync(join(folder, path))]
}

function templateFolder(name: string): string {
  // Both in a checkout and in the published package the templates are beside the manifest.
  const manifest = import.meta.resolve('latchkey/package.json')
  return fileURLToPath(new URL(`templates/${name}`, manifest))
}

function listFiles(folder: string, below = ''): string[] {
  const entries = readdirSync(join(folder, below), { withFileTypes: true })
  return entries
    .filter(({ name }) => isTemplate(name))
    .flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      return entry.isDirectory() ? listFiles(folder, path) : [path]
    })
}

// Some tools, npm among them, treat a name that begins with a dot as their own.
function projectPath(path: string): string {
  return /^(env\.|gitignore$)/.test(path) ? `.${path}` : path
}

/** The file that differs by database: its name in a project, and the two in the template. */
const alternatives = [
  { name: 'database.ts', sqlite: 'database-sqlite.ts', postgres: 'database-postgres.ts' },
  {
    name: 'testing-database.ts',
    sqlite: 'testing-database.ts',
    postgres: 'testing-database-postgres.ts',
  },
]

function apiPath(path: string, { database, frontEnd }: Choices): string | null {
  const chosen = alternatives.find((each) => each[database] === path)
  if (chosen) return chosen.name
  if (alternatives.some((each) => Object.values(each).includes(path))) return null
  if (frontEnd === 'none' && path === 'front-end.ts') return null
  const other = database === 'sqlite' ? 'postgres' : 'sqlite'
  return path.startsWith(`migrations/${other}/`) ? null : path
}
