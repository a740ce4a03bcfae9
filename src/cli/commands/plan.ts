import { type Plan, writeAdditions } from '../../generator/additions.ts'
import { Refused } from './command.ts'

/** For every command that writes into a project. */
export const dryRunOption = {
  type: 'boolean',
  meaning: 'Say what would be written, and write nothing',
} as const

/**
 * Writes a plan into the project in this folder, or only says what it would write; returns the text to print.
 *
 * @throws Refused if a file cannot be written
 */
export function writePlan({ files, steps }: Plan, { isDry }: { isDry: boolean }): string {
  if (!isDry) refuseUnwritten(() => writeAdditions('.', files))
  const [wrote, changed] = isDry ? ['Would write', 'Would change'] : ['Wrote', 'Changed']
  return [
    ...files.map(({ path, is }) => `${is === 'new' ? wrote : changed} ${path}`),
    ...(steps.length > 0 ? ['', 'Left to do by hand:', ...steps.map((step) => `  ${step}`)] : []),
  ].join('\n')
}

/**
 * An error of the file system is no bug: it is told in a sentence.
 *
 * @throws Refused if the file system refuses
 */
export function refuseUnwritten(write: () => void): void {
  try {
    write()
  } catch (error) {
    const isSystems = error instanceof Error && 'syscall' in error
    throw isSystems ? new Refused(`Nothing was written: ${error.message}`) : error
  }
}
