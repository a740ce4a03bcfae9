import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { Refused } from './command.ts'

// So many bytes are kept before they are written.
const bufferedBytes = 65_536

/** A file that was not there before, for its owner's eyes only: what is in it is about people. */
export class PrivateFile {
  readonly #path: string
  readonly #descriptor: number
  #waiting = ''

  /** @throws Refused where there is one of this name, or it cannot be made */
  constructor(path: string) {
    this.#path = path
    try {
      this.#descriptor = openSync(path, 'wx', 0o600)
    } catch (error) {
      throw new Refused(explain(error, path))
    }
  }

  /** @throws Refused where the disk does not take it */
  write(text: string): void {
    this.#waiting += text
    if (this.#waiting.length >= bufferedBytes) this.#flush()
  }

  /** @throws Refused where the disk does not take it */
  close(): void {
    this.#flush()
    closeSync(this.#descriptor)
  }

  /** Takes it away again: half of it would be taken for all of it. */
  remove(): void {
    closeSync(this.#descriptor)
    rmSync(this.#path, { force: true })
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
  const code = Object(error).code
  if (code === 'EEXIST') return `${path} is there already: name another file`
  return `${path} cannot be written: ${error instanceof Error ? error.message : code}`
}
