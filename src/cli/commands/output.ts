/** Handles errors of the output: if its reader goes away, as `head` does, the work is finished silently. */
export function watchOutput(): void {
  process.stderr.on('error', () => {})
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Said once, however much more could not be written.
    if (error.code === 'EPIPE' || process.exitCode === 1) return
    complain(`The output could not be written: ${error.message}`)
    process.exitCode = 1
  })
}

/**
 * Ends the process when all output is written. Otherwise PostgreSQL connections that failed half-way would keep it
 * running for a minute.
 */
export function endWhenWritten(): void {
  const end = () => {
    if (process.stdout.writableLength + process.stderr.writableLength === 0) process.exit()
  }
  setInterval(end, 50).unref()
}

/** Prints the result of a command. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** For every command that prints data. */
export const jsonOption = { type: 'boolean', meaning: 'Print JSON, for programs' } as const

/** Prints the result for programs: one line of JSON. */
export function printJson(value: unknown): void {
  print(toJsonLine(value))
}

/** JSON without line breaks or other characters that a terminal would obey. */
export function toJsonLine(value: unknown): string {
  return JSON.stringify(value).replace(unprintable, escaped)
}

/** The same for lines of JSON, which keep their line breaks. */
export function escapeJsonLines(lines: string): string {
  return lines.replace(unprintable, (character) => {
    return character === '\n' ? character : escaped(character)
  })
}

/** Prints the result for people, in aligned columns. */
export function printTable(rows: readonly (readonly string[])[]): void {
  print(columns(rows).join('\n'))
}

/** An instant as tables show it: to the second, in UTC. */
export function readable(instant: Date): string {
  return instant.toISOString().slice(0, 19).replace('T', ' ')
}

/** Prints what went wrong, in one line. */
export function complain(sentence: string): void {
  process.stderr.write(`${printable(sentence)}\n`)
}

/** A line for each row, its cells as wide as the widest of their column. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(printable))
  const widths: number[] = []
  for (const row of cells) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length)
    }
  }
  return cells.map((row) => {
    return row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  })
}

// SECURITY: a terminal interprets control characters, and texts such as errors of mail servers come from others: they
// could rewrite the screen, and with line breaks forge a row.
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu

function printable(text: string): string {
  return text.replace(unprintable, '\ufffd')
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
