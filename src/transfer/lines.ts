import { createReadStream, statSync } from 'node:fs'
import { OriginError } from './origin.ts'

/** The most bytes in a line, or in a record of a CSV file; no user needs as many. */
export const longestLine = 1_048_576

/** A line of a file, with its number. */
export type Line =
  | { readonly number: number; readonly bytes: Buffer }
  | { readonly number: number; readonly bytes: null }

/** The bytes of a file, or of the standard input if the path is `-`. */
export function openBytes(file: string): AsyncIterable<Buffer> {
  return file === '-' ? process.stdin : explained(file, createReadStream(file))
}

async function* explained(file: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error
    throw new OriginError(`${file} cannot be read: ${error.message}`)
  }
}

/** The lines, without empty ones. The bytes of a line that is too long are null. */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let number = 1
  let parts: Buffer[] = []
  let length = 0
  const take = (): Line => {
    const bytes = length > longestLine ? null : Buffer.concat(parts)
    parts = []
    length = 0
    return { number, bytes }
  }
  for await (const chunk of chunks) {
    let from = 0
    for (;;) {
      const end = chunk.indexOf(0x0a, from)
      const part = chunk.subarray(from, end === -1 ? chunk.length : end)
      length += part.length
      if (length <= longestLine) parts.push(part)
      else parts = []
      if (end === -1) break
      const line = take()
      if (!isBlank(line)) yield line
      number += 1
      from = end + 1
    }
  }
  const last = take()
  if (!isBlank(last)) yield last
}

function isBlank({ bytes }: Line): boolean {
  return bytes !== null && (bytes.length === 0 || (bytes.length === 1 && bytes[0] === 0x0d))
}

/** The number of lines in a file; null for the standard input or a pipe, which can be read only once. */
export async function countLines(file: string): Promise<number | null> {
  if (file === '-' || !statSync(file, { throwIfNoEntry: false })?.isFile()) return null
  let lines = 0
  for await (const chunk of openBytes(file)) {
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, at + 1)) lines += 1
  }
  return lines
}
