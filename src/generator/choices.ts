import type { Names } from './names.ts'

export const databases = ['sqlite', 'postgres'] as const
export const frontEnds = ['react', 'none'] as const

/** What can be had in more than one way. */
export interface Choices {
  readonly database: (typeof databases)[number]
  readonly frontEnd: (typeof frontEnds)[number]
}

/** A project that is to be written. */
export interface Project extends Choices {
  readonly names: Names
  readonly latchkey: LatchkeySource
  /** Packages that bring Node along, by their versions, where that of the machine is too old. */
  readonly nodePackages: Readonly<Record<string, string>>
}

/** Where npm gets Latchkey from. */
export type LatchkeySource =
  | { readonly kind: 'registry'; readonly version: string }
  | {
      readonly kind: 'file'
      readonly tarball: string
      /** Where the project keeps it. */
      readonly path: string
    }
