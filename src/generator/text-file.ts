import { readFileSync } from 'node:fs'

/** The text of a project's own file, in which every line ends with a line feed alone, as templates are written. */
export function readTextFile(file: string): string {
  return readFileSync(file, 'utf8').replaceAll('\r\n', '\n')
}

/** A text with the line ends of the file that it replaces: a checkout on Windows has other ones. */
export function endLinesAs(before: string, text: string): string {
  const [end] = /\r?\n/.exec(before) ?? []
  return end === '\r\n' ? text.replaceAll('\n', '\r\n') : text
}
