import type { NewProject, Project } from './projects.ts'

/** What a user has typed but not saved, kept so that it is not lost with the session or the page. */
export interface ProjectDraft {
  readonly userId: string
  /** Null for a new project. */
  readonly project: Project | null
  readonly typed: NewProject
}

// Only in the memory of this tab: closing it leaves nothing behind.
let kept: ProjectDraft | null = null

/** Keeps one draft; null forgets it. */
export function keepDraft(draft: ProjectDraft | null): void {
  kept = draft
}

/** SECURITY: nobody may see the draft of another user who was logged in here before. */
export function findDraft(userId: string): ProjectDraft | null {
  return kept?.userId === userId ? kept : null
}
