import { readFileSync } from 'node:fs'
import { dirname, join, matchesGlob, relative, sep } from 'node:path'

/** The `package.json` above a folder whose npm workspaces take the folder in; null if there is none. */
export function findWorkspace(directory: string): string | null {
  for (let at = directory; at !== dirname(at); ) {
    at = dirname(at)
    const file = join(at, 'package.json')
    const path = relative(at, directory).split(sep).join('/')
    if (patternsOf(file).some((pattern) => matchesGlob(path, pattern))) return file
  }
  return null
}

function patternsOf(file: string): readonly string[] {
  const { workspaces } = readManifest(file)
  const listed: unknown = Array.isArray(workspaces) ? workspaces : Object(workspaces).packages
  if (!Array.isArray(listed)) return []
  return listed.map((pattern) => String(pattern).replace(/^\.?\/|\/$/g, ''))
}

// None there, or one that npm could not read either.
function readManifest(file: string): { readonly workspaces?: unknown } {
  try {
    return Object(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return {}
  }
}
