import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** A file that is to be in a project, and whether it is there already. */
export interface PlannedFile {
  readonly path: string
  readonly content: string | Buffer
  readonly is: 'new' | 'changed'
}

/** What is to be done to a project that is there, and what is left to a person. */
export interface Plan {
  readonly files: readonly PlannedFile[]
  readonly steps: readonly string[]
}

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

function add(place: string, content: string | Buffer): () => void {
  // The first of its folders that was not there.
  const made = mkdirSync(dirname(place), { recursive: true }) ?? place
  const remove = () => rmSync(made, { recursive: true, force: true })
  try {
    writeFileSync(place, content, { flag: 'wx', mode: isSecret(place) ? 0o600 : 0o666 })
  } catch (error) {
    // What somebody has put there meanwhile is not ours to remove.
    const isTheirs = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    if (!isTheirs) remove()
    throw error
  }
  return remove
}

// Passwords of servers come to stand in it.
function isSecret(place: string): boolean {
  const name = basename(place)
  return name.startsWith('.env') && name !== '.env.example'
}

// Half of a file is never there: it is renamed when it is whole.
function change(place: string, content: string | Buffer): () => void {
  // A link stays one, to a file that is another.
  const file = realpathSync(place)
  const before = readFileSync(file)
  const draft = `${file}.latchkey-draft`
  // One that is there is somebody's: this throws then, and it stays.
  closeSync(openSync(draft, 'wx', 0o600))
  try {
    writeFileSync(draft, content)
    chmodSync(draft, statSync(file).mode & 0o7777)
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  return () => writeFileSync(file, before)
}
