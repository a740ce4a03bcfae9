import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Plan, PlannedFile } from './additions.ts'
import { type Choices, databases } from './choices.ts'
import type { Field } from './field.ts'
import { describeScopes, register, registrationSteps } from './registration.ts'
import { resourceCode, resourceMigration, resourceTests } from './resource-code.ts'
import type { ResourceNames } from './resource-names.ts'
import { readTemplateFile } from './template.ts'
import { readTextFile } from './text-file.ts'

interface Resource {
  readonly names: ResourceNames
  readonly fields: readonly Field[]
}

/** Plans a resource for the project in this folder. A returned text says why it is not possible. */
export function planResource(directory: string, { names, fields }: Resource): Plan | string {
  const found = databases.filter((each) => isFolder(join(directory, 'migrations', each)))
  if (found.length === 0 || !existsSync(join(directory, 'routes.ts'))) {
    return 'This folder is no project of latchkey new: it has no routes.ts and no migrations/sqlite or migrations/postgres'
  }
  const taken = found.flatMap((each) =>
    findTable(join(directory, 'migrations', each), names.plural),
  )
  if (taken[0] !== undefined) return `The table ${names.plural} is there already, in ${taken[0]}`
  const code = resourceCode(readTemplateFile('api/projects.ts'), names, fields)
  const tests = resourceTests(readTemplateFile('api/projects.test.ts'), names, fields)
  const added: PlannedFile[] = [
    { path: `${names.file}.ts`, content: code, is: 'new' },
    { path: `${names.file}.test.ts`, content: tests, is: 'new' },
    ...found.map((each) => planMigration(directory, { names, fields, database: each })),
  ]
  const occupied = added.filter(({ path }) => existsSync(join(directory, path)))
  if (occupied.length > 0) {
    return `Nothing was written, because it would overwrite ${occupied.map(({ path }) => path).join(', ')}`
  }
  const registered = planRegistration(directory, names)
  return { files: [...added, ...registered.files], steps: registered.steps }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function findTable(folder: string, table: string): string[] {
  const create = new RegExp(`\\bCREATE TABLE (IF NOT EXISTS )?"?${table}"?[\\s(]`, 'i')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .filter((file) => create.test(readFileSync(join(folder, file), 'utf8')))
}

function planMigration(
  directory: string,
  { names, fields, database }: Resource & Pick<Choices, 'database'>,
): PlannedFile {
  const template = readTemplateFile(`api/migrations/${database}/0001_projects.sql`)
  const folder = `migrations/${database}`
  const numbers = readdirSync(join(directory, folder)).map((file) => {
    return Number(/^(\d{4})_\w+\.sql$/.exec(file)?.[1] ?? 0)
  })
  const number = String(Math.max(0, ...numbers) + 1).padStart(4, '0')
  const content = resourceMigration(template, names, { fields, database })
  return { path: `${folder}/${number}_${names.plural}.sql`, content, is: 'new' }
}

const routes = 'routes.ts'
const scopesOfPages = 'web/src/pages/api-keys/scopes.ts'

function planRegistration(directory: string, names: ResourceNames): Plan {
  const change = (path: string, edit: (text: string) => string | null): PlannedFile | null => {
    const content = edit(readTextFile(join(directory, path)))
    return content === null ? null : { path, content, is: 'changed' }
  }
  const table = change(routes, (text) => register(text, names))
  // If the project has pages, they describe the scopes of API keys.
  const hasPages = existsSync(join(directory, scopesOfPages))
  const pages = hasPages ? change(scopesOfPages, (text) => describeScopes(text, names)) : null
  return {
    files: [table, pages].filter((file) => file !== null),
    steps: [
      ...(table ? [] : registrationSteps(names).map((step) => `${routes}: ${step}`)),
      ...(hasPages && !pages
        ? [`${scopesOfPages}: say what ${names.plural}:read and ${names.plural}:write allow`]
        : []),
    ],
  }
}
