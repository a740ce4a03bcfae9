import type { NewProject, Project } from './projects.ts'

/** What a user typed and has not saved yet, so that it outlives the session and the page. */
export interface ProjectDraft {
  readonly userId: string
  /** Null for a new project. */
  readonly project: Project | null
  readonly typed: NewProject
}

// Only in the memory of this tab: whoever closes it leaves nothing behind.
let kept: ProjectDraft | null = null

/** Keeps one draft; null forgets it. */
export function keepDraft(draft: ProjectDraft | null): void {
  kept = draft
}

/** SECURITY: nobody sees the draft of another user who was logged in here. */
export function findDraft(userId: string): ProjectDraft | null {
  return kept?.userId === userId ? kept : null
}
