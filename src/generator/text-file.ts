import { readFileSync } from 'node:fs'

/** The text of a file of the project, with line feeds alone as line ends, like the templates. */
export function readTextFile(file: string): string {
  return readFileSync(file, 'utf8').replaceAll('\r\n', '\n')
}

/** A text with the line ends of the file that it replaces, which differ in a checkout on Windows. */
export function endLinesAs(before: string, text: string): string {
  const [end] = /\r?\n/.exec(before) ?? []
  return end === '\r\n' ? text.replaceAll('\n', '\r\n') : text
}
