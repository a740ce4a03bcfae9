import type { Project } from './choices.ts'
import type { Files } from './template.ts'

/**
 * Fills the names into the files that only a project has, and keeps the parts for its choices, each between two
 * comment lines such as `if react` and `end`.
 */
export function fillIn(files: Files, project: Project): void {
  const deployment = [...files.keys()].filter((path) => path.startsWith('deploy/'))
  for (const path of ['README.md', '.env.development', '.env.example', ...deployment]) {
    const text = files.get(path)?.toString() ?? ''
    files.set(path, Buffer.from(fillText(text, project)))
  }
}

function fillText(text: string, project: Project): string {
  const { database, frontEnd, names, nodePackages, latchkey } = project
  const node = Object.keys(nodePackages).length > 0 ? 'node_package' : 'node_of_the_machine'
  const chosen: readonly string[] = [database, frontEnd, node, `package_of_${latchkey.kind}`]
  const kept = text.replace(part, (_all, choice: string, inside: string) =>
    chosen.includes(choice) ? inside : '',
  )
  return kept.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => readName(names, name))
}

const part = /^ *(?:<!-- |# )if (\w+)(?: -->)?\n([\s\S]*?)^ *(?:<!-- |# )end(?: -->)?\n/gm

function readName({ title, packageName, databaseName }: Project['names'], name: string): string {
  const value = { title, packageName, databaseName }[name]
  if (value === undefined) throw new Error(`The templates name ${name}, which nothing has`)
  return value
}
