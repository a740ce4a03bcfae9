import type { LatchkeySource } from '../../generator/choices.ts'
import { isFile } from '../../generator/folder.ts'
import { UsageError } from './command.ts'
import { isCheckout, version } from './installation.ts'
import { complain } from './output.ts'

/** Where a new project gets Latchkey from. */
export const packageOption = {
  type: 'string',
  value: 'FILE.tgz',
  meaning: 'Install Latchkey from this file, not from the registry',
} as const

export function parsePackage(file: string | undefined): LatchkeySource {
  if (file === undefined) return { kind: 'registry', version: version() }
  if (!isFile(file) || !file.endsWith('.tgz')) {
    throw new UsageError(`--package must name a file that npm pack has made, and '${file}' is none`)
  }
  return { kind: 'file', tarball: file, path: `vendor/latchkey-${version()}.tgz` }
}

/** Warns, in a clone, that npm may find another package under this name. */
export function warnOfRegistry({ kind }: LatchkeySource): void {
  // SECURITY: nobody knows who may publish a package of that name one day.
  if (kind === 'registry' && isCheckout()) complain(fromCheckout)
}

const fromCheckout =
  'This is a clone, and npm will ask the registry for latchkey: --package FILE.tgz takes what npm run build && npm pack ./dist make'
