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
import { codeOf } from '../core/thrown.ts'
import { endLinesAs } from './text-file.ts'

/** A file to write into a project, and whether it exists there already. */
export interface PlannedFile {
  readonly path: string
  readonly content: string | Buffer
  readonly is: 'new' | 'changed'
}

/** The changes to an existing project, and the steps that remain to be done by hand. */
export interface Plan {
  readonly files: readonly PlannedFile[]
  readonly steps: readonly string[]
}

/**
 * Writes all of the files into a project; if one fails, writes none, and restores what was there.
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
  // The first folder of the path that had to be created.
  const made = mkdirSync(dirname(place), { recursive: true }) ?? place
  const remove = () => rmSync(made, { recursive: true, force: true })
  try {
    writeFileSync(place, content, { flag: 'wx', mode: isSecret(place) ? 0o600 : 0o666 })
  } catch (error) {
    // A file that somebody else has created meanwhile must not be removed.
    if (codeOf(error) !== 'EEXIST') remove()
    throw error
  }
  return remove
}

// Such a file will contain passwords of servers.
function isSecret(place: string): boolean {
  const name = basename(place)
  return name.startsWith('.env') && name !== '.env.example'
}

// A half-written file is never seen: a draft is renamed when it is complete.
function change(place: string, content: string | Buffer): () => void {
  // A link stays a link: the file behind it is changed.
  const file = realpathSync(place)
  const before = readFileSync(file)
  const text = typeof content === 'string' ? endLinesAs(before.toString(), content) : content
  const draft = `${file}.latchkey-draft`
  // An existing draft belongs to somebody else: this throws, and leaves it alone.
  closeSync(openSync(draft, 'wx', 0o600))
  try {
    writeFileSync(draft, text)
    chmodSync(draft, statSync(file).mode & 0o7777)
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  return () => writeFileSync(file, before)
}
