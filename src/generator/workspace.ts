import { dirname, join, matchesGlob, relative, sep } from 'node:path'
import { readManifest } from './existing-project.ts'

/** The `package.json` above a folder whose npm workspaces include the folder; null if there is none. */
export function findWorkspace(directory: string): string | null {
  for (let at = directory; at !== dirname(at); ) {
    at = dirname(at)
    const file = join(at, 'package.json')
    const path = relative(at, directory).split(sep).join('/')
    const last = patternsOf(file).findLast(({ pattern }) => matchesGlob(path, pattern))
    if (last?.takes === 'in') return file
  }
  return null
}

interface Listed {
  readonly pattern: string
  /** If several match, the last decides: `!apps/old` after `apps/*`. */
  readonly takes: 'in' | 'out'
}

function patternsOf(file: string): readonly Listed[] {
  const workspaces = readManifest(file)?.workspaces
  const listed: unknown = Array.isArray(workspaces) ? workspaces : Object(workspaces).packages
  if (!Array.isArray(listed)) return []
  return listed.map(String).map((pattern) => ({
    pattern: pattern.replace(/^!?(?:\.?\/)?|\/$/g, ''),
    takes: pattern.startsWith('!') ? 'out' : 'in',
  }))
}
