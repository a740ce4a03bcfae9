import type { Names } from './names.ts'

export const databases = ['sqlite', 'postgres'] as const
export const frontEnds = ['react', 'none'] as const

/** The choices for a new project. */
export interface Choices {
  readonly database: (typeof databases)[number]
  readonly frontEnd: (typeof frontEnds)[number]
}

/** The project to write. */
export interface Project extends Choices {
  readonly names: Names
  readonly latchkey: LatchkeySource
  /** Packages that bring Node, with their versions, if the machine's is too old. */
  readonly nodePackages: Readonly<Record<string, string>>
}

/** The source from which npm installs Latchkey. */
export type LatchkeySource =
  | { readonly kind: 'registry'; readonly version: string }
  | {
      readonly kind: 'file'
      readonly tarball: string
      /** The path of the tarball in the project. */
      readonly path: string
    }
