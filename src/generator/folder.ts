import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Files } from './template.ts'

/** Files that the folder of a new project may contain: code hosts create some of them with a repository. */
const tolerated = ['.git', '.gitattributes', '.github', 'LICENSE', 'LICENSE.md', 'LICENSE.txt']

/** The names of files that are in the way of a new project; null if the path itself is a file. */
export function findOccupants(directory: string): readonly string[] | null {
  const entry = statSync(directory, { throwIfNoEntry: false })
  if (!entry) return []
  if (!entry.isDirectory()) return null
  return readdirSync(directory)
    .filter((name) => !tolerated.includes(name))
    .sort()
}

/** Writes all of the files or, if that fails, none. Existing files are not changed. */
export function writeFolder(directory: string, files: Files): void {
  if (existsSync(directory)) writeInside(directory, files)
  else writeBeside(directory, files)
}

// The folder appears only when everything is written.
function writeBeside(directory: string, files: Files): void {
  const parent = dirname(directory)
  const made = mkdirSync(parent, { recursive: true })
  try {
    inDraft(parent, files, (draft) => renameSync(draft, directory))
  } catch (error) {
    if (made !== undefined) rmSync(made, { recursive: true })
    throw error
  }
}

// The folder is filled, not replaced, so that a shell in it stays in it.
function writeInside(directory: string, files: Files): void {
  const moved: string[] = []
  try {
    inDraft(directory, files, (draft) => {
      for (const name of readdirSync(draft)) {
        const place = join(directory, name)
        if (existsSync(place)) throw isThere(place)
        renameSync(join(draft, name), place)
        moved.push(place)
      }
    })
  } catch (error) {
    for (const place of moved) rmSync(place, { recursive: true })
    throw error
  }
}

function inDraft(parent: string, files: Files, finish: (draft: string) => void): void {
  const temporary = mkdtempSync(join(parent, '.latchkey-new-'))
  try {
    // Only its owner may read the temporary folder; the mode of the project's folder depends on the umask.
    const draft = join(temporary, 'project')
    for (const [path, content] of files) {
      mkdirSync(dirname(join(draft, path)), { recursive: true })
      writeFileSync(join(draft, path), content)
    }
    finish(draft)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

// Somebody else wrote it first.
function isThere(place: string): Error {
  const fault = { code: 'EEXIST', syscall: 'rename', path: place }
  return Object.assign(new Error(`EEXIST: ${place} is there already`), fault)
}

/** Whether this is a file, and not a folder. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
