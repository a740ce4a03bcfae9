import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ExistingProject } from './existing-project.ts'
import { readTextFile } from './text-file.ts'

/** A file of the project's own, and what to change in it. */
export interface Edit {
  readonly path: string
  readonly changes: readonly Change[]
}

export interface Change {
  /** Must match exactly once; otherwise it is not clear whether this is the place. */
  readonly at: RegExp
  readonly to: (found: string, groups: readonly string[]) => string
  /** The instruction for doing it by hand, if it does not match. */
  readonly byHand: string
}

/** The place of a change that is always left to be done by hand. */
export const nowhere = /(?!)/

/** The outcome of an edit: the new text, or what is left to do by hand. */
export type Edited =
  | { readonly kind: 'edited'; readonly path: string; readonly text: string }
  | { readonly kind: 'by hand'; readonly path: string; readonly steps: readonly string[] }

/** Makes all changes to a file, or none if one of them has no place. */
export function apply(project: ExistingProject, { path, changes }: Edit): Edited {
  const file = join(project.directory, path)
  let text = existsSync(file) ? readTextFile(file) : ''
  for (const { at, to } of changes) {
    const found = [...text.matchAll(new RegExp(at.source, 'gm'))]
    const [only] = found
    if (found.length !== 1 || only === undefined) {
      return { kind: 'by hand', path, steps: changes.map(({ byHand }) => byHand) }
    }
    const [all, ...groups] = only
    const before = text.slice(0, only.index)
    text = before + to(all, groups) + text.slice(only.index + all.length)
  }
  return { kind: 'edited', path, text }
}
