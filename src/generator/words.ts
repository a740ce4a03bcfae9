import type { Project } from './choices.ts'
import type { Files } from './template.ts'

/**
 * Writes names into the files that only a project has, and keeps those of their parts that are about
 * what was chosen: what stands between the lines `if react` and `end`, in a comment each.
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
