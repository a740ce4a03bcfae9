import { randomBytes } from 'node:crypto'
import { closeSync, lstatSync, openSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { codeOf, messageOf } from '../../core/thrown.ts'
import { placeFile, syncFile } from '../../storage/sqlite-file.ts'
import { Refused } from './command.ts'

// How many characters are buffered before they are written.
const bufferedCharacters = 65_536

/**
 * A new file that only its owner can read, since it contains personal data. It gets its name only when it is
 * complete, so that half a file, left by a process that was killed, is not taken for a whole one.
 */
export class PrivateFile {
  readonly #path: string
  readonly #part: string
  readonly #descriptor: number
  #waiting = ''

  /** @throws Refused if the name is taken, or the file cannot be created */
  constructor(path: string) {
    if (path === '') throw new Refused('The name of the file is empty: name one')
    if (/[\\/]$/.test(path)) throw new Refused(`${path} is a folder: name a file`)
    if (lstatSync(path, { throwIfNoEntry: false })) throw new Refused(isThere(path))
    this.#path = path
    // A random name, because in a container the process id is the same each time.
    const name = `.${basename(path)}.${randomBytes(4).toString('hex')}.part`
    this.#part = join(dirname(path), name)
    try {
      this.#descriptor = openSync(this.#part, 'wx', 0o600)
    } catch (error) {
      throw new Refused(explain(error, path))
    }
  }

  /** @throws Refused if the disk cannot take it */
  write(text: string): void {
    this.#waiting += text
    if (this.#waiting.length >= bufferedCharacters) this.#flush()
  }

  /** @throws Refused if the disk cannot take it, or the name was taken meanwhile */
  close(): void {
    this.#flush()
    try {
      syncFile(this.#part)
      placeFile(this.#path, this.#part)
    } catch (error) {
      throw new Refused(explain(error, this.#path))
    }
    closeSync(this.#descriptor)
  }

  /** Instead of `close`, or if `close` fails. */
  remove(): void {
    closeSync(this.#descriptor)
    rmSync(this.#part, { force: true })
  }

  #flush(): void {
    let bytes: Uint8Array = Buffer.from(this.#waiting)
    this.#waiting = ''
    try {
      while (bytes.length > 0) bytes = bytes.subarray(writeSync(this.#descriptor, bytes))
    } catch (error) {
      throw new Refused(explain(error, this.#path))
    }
  }
}

function explain(error: unknown, path: string): string {
  if (codeOf(error) === 'EEXIST') return isThere(path)
  return `${path} cannot be written: ${messageOf(error)}`
}

function isThere(path: string): string {
  return `${path} is there already: name another file`
}
