import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PlannedFile } from './resource.ts'

/**
 * Writes all of the files into a project or, when that fails, none: what was there is as it was.
 *
 * @throws Error of the file system
 */
export function writeAdditions(directory: string, files: readonly PlannedFile[]): void {
  const undo: (() => void)[] = []
  try {
    for (const { path, content, is } of files) {
      const place = join(directory, path)
      undo.push(is === 'new' ? add(place, content) : change(place, content))
    }
  } catch (error) {
    for (const step of undo.reverse()) step()
    throw error
  }
}

function add(place: string, content: string): () => void {
  const remove = () => rmSync(place, { force: true })
  // Opened before anything else: what somebody has put there meanwhile is not ours to remove.
  const file = openSync(place, 'wx')
  try {
    writeFileSync(file, content)
  } catch (error) {
    remove()
    throw error
  } finally {
    closeSync(file)
  }
  return remove
}

// Half of a file is never there: it is renamed when it is whole.
function change(place: string, content: string): () => void {
  const before = readFileSync(place)
  const draft = `${place}.latchkey-draft`
  try {
    writeFileSync(draft, content, { flag: 'wx' })
    renameSync(draft, place)
  } finally {
    rmSync(draft, { force: true })
  }
  return () => writeFileSync(place, before)
}
