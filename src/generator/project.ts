import { readFileSync } from 'node:fs'
import type { Project } from './choices.ts'
import { writeFolder } from './folder.ts'
import { writeManifests } from './manifests.ts'
import { replace } from './replacements.ts'
import { type Files, readTemplate } from './template.ts'
import { fillIn } from './words.ts'

/**
 * Writes a project into a folder that does not exist, or has nothing in the way: completely or not at all.
 *
 * @throws Error of the file system
 */
export function writeProject(directory: string, project: Project): void {
  const files = readTemplate(project)
  replace(files, project)
  fillIn(files, project)
  writeManifests(files, project)
  addPackage(files, project)
  writeFolder(directory, files)
}

function addPackage(files: Files, { latchkey }: Project): void {
  if (latchkey.kind === 'file') files.set(latchkey.path, readFileSync(latchkey.tarball))
}
