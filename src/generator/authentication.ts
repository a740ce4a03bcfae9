import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plan, PlannedFile } from './additions.ts'
import { type Wanted, writeCode } from './authentication-files.ts'
import { additionsTo, type Packages } from './authentication-packages.ts'
import { remarks } from './authentication-remarks.ts'
import { append, ignored, writeExample } from './authentication-settings.ts'
import { developmentScripts, settingsFile } from './development.ts'
import { apply, type Edited } from './edit.ts'
import { listEdits } from './existing-edits.ts'
import { extendManifest } from './existing-manifest.ts'
import type { ExistingProject } from './existing-project.ts'
import { namesOf } from './names.ts'
import type { Files } from './template.ts'
import { readTextFile } from './text-file.ts'
import { updatesOf } from './versions.ts'

/** What to write, and what to say about it. */
export interface AuthenticationPlan extends Plan {
  /** The script that starts the server in development. */
  readonly run: 'dev' | null
  /** What must be set on a server. */
  readonly production: readonly string[]
}

/**
 * Plans authentication for a project: code in its language, settings and scripts. A returned text says why it is not
 * possible.
 */
export function planAuthentication(
  project: ExistingProject,
  options: Packages & Pick<Wanted, 'database'>,
): AuthenticationPlan | string {
  const { database } = options
  const { title } = namesOf(project.manifest.name ?? 'app', { title: null })
  const code = addPackage(writeCode(project, { database, title }), { project, options })
  const occupied = [...code.keys()].filter((path) => isThere(project, path))
  if (occupied.length > 0) {
    return `Nothing was written, because it would overwrite ${occupied.join(', ')}`
  }
  const manifest = readTextFile(join(project.directory, 'package.json'))
  const example = writeExample(project, { database, title })
  const hasEnvironment = isThere(project, settingsFile(project))
  const edits = listEdits(project).map((edit) => apply(project, edit))
  const own: [string, string][] = hasEnvironment ? [] : [[settingsFile(project), example]]
  const texts: [path: string, content: string | Buffer][] = [
    ...code,
    ...own,
    ['package.json', extendManifest(manifest, additionsTo(project, options))],
    ['.env.example', append(project, '.env.example', example)],
    ['.gitignore', append(project, '.gitignore', ignored(project))],
    ...edits.flatMap((edit): [string, string][] =>
      edit.kind === 'edited' ? [[edit.path, edit.text]] : [],
    ),
  ]
  const files = texts.map(
    ([path, content]): PlannedFile => ({
      path,
      content,
      is: isThere(project, path) ? 'changed' : 'new',
    }),
  )
  const { dependencies, devDependencies } = project.manifest
  const steps = [
    ...updatesOf({ ...devDependencies, ...dependencies }, options.peers),
    ...edits.flatMap(inWords),
    ...remarks(project, { hasEnvironment, database }),
  ]
  const { dev = project.manifest.scripts?.dev } = developmentScripts(project)
  return { files, steps, run: dev === undefined ? null : 'dev', production: productionOf(project) }
}

function productionOf({ framework }: ExistingProject): readonly string[] {
  const variables = 'DATABASE_URL, APP_URL, MAIL_FROM and SMTP_URL'
  return [
    `In production ${variables} must be set: what was written is read in development only.`,
    ...(framework === 'next'
      ? [
          'Next.js does not say whom a connection comes from: put a proxy in front and set TRUSTED_PROXIES to its address, or all clients count as one.',
        ]
      : []),
  ]
}

function isThere({ directory }: ExistingProject, path: string): boolean {
  return existsSync(join(directory, path))
}

interface Adding {
  readonly project: ExistingProject
  readonly options: Packages
}

// The project may contain the same tarball already.
function addPackage(code: Files, { project, options: { latchkey } }: Adding): Files {
  if (latchkey.kind !== 'file') return code
  const content = readFileSync(latchkey.tarball)
  const place = join(project.directory, latchkey.path)
  const isSame = existsSync(place) && content.equals(readFileSync(place))
  return isSame ? code : code.set(latchkey.path, content)
}

function inWords(edited: Edited): readonly string[] {
  if (edited.kind === 'edited') return []
  const lines = edited.steps.flatMap((step) => step.split('\n'))
  return [`In ${edited.path}:`, ...lines.map((line) => `  ${line}`)]
}
