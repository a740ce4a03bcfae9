import { type Plan, writeAdditions } from '../../generator/additions.ts'
import { Refused } from './command.ts'

/** For every command that writes into a project. */
export const dryRunOption = {
  type: 'boolean',
  meaning: 'Say what would be written, and write nothing',
} as const

/**
 * Writes a plan into the project in this folder, unless it is to be said only; answers with what is
 * printed of it.
 *
 * @throws Refused
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
 * What the file system refuses is no bug: it is said in a sentence.
 *
 * @throws Refused
 */
export function refuseUnwritten(write: () => void): void {
  try {
    write()
  } catch (error) {
    const isSystems = error instanceof Error && 'syscall' in error
    throw isSystems ? new Refused(`Nothing was written: ${error.message}`) : error
  }
}
