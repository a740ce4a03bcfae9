import type { ExistingProject, Manifest } from './existing-project.ts'

/** The packages that a project needs, and its scripts. */
export interface Additions {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  /** Scripts that the project has already stay as they are. */
  readonly scripts: Readonly<Record<string, string>>
  /** Scripts to set, whatever they were before. */
  readonly changed: Readonly<Record<string, string>>
}

/**
 * A manifest with additions. Everything else keeps its order and indentation, except that the placeholder for tests
 * by `npm init` is removed.
 */
export function extendManifest(text: string, additions: Additions): string {
  const manifest: Manifest = JSON.parse(text)
  const { dependencies = {}, devDependencies = {}, scripts = {} } = manifest
  const known = { ...dependencies, ...devDependencies }
  const lacking = (wanted: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(wanted).filter(([name]) => name === 'latchkey' || !(name in known)),
    )
  const more = lacking(additions.devDependencies)
  const extended = {
    ...manifest,
    scripts: { ...additions.scripts, ...withoutPlaceholder(scripts), ...additions.changed },
    dependencies: inOrder(dependencies, lacking(additions.dependencies)),
    ...(Object.keys(more).length > 0 ? { devDependencies: inOrder(devDependencies, more) } : {}),
  }
  const ordered = { ...extended, scripts: scriptsInOrder(extended.scripts, scripts) }
  const [, indent = '  '] = /^\{\n([ \t]+)/.exec(text) ?? []
  const end = text.endsWith('\n') ? '\n' : ''
  return JSON.stringify(ordered, null, indent) + end
}

/** Whether a project has tests that `npm test` runs. */
export function hasTests({
  manifest: { scripts = {} },
}: Pick<ExistingProject, 'manifest'>): boolean {
  return 'test' in withoutPlaceholder(scripts)
}

// The placeholder that `npm init` writes does not test anything.
function withoutPlaceholder(scripts: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(scripts)
  return Object.fromEntries(entries.filter(([, line]) => !line.includes('no test specified')))
}

function scriptsInOrder(
  scripts: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): Record<string, string> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(scripts)])]
  return Object.fromEntries(
    names.flatMap((name) => (name in scripts ? [[name, scripts[name] ?? '']] : [])),
  )
}

// npm sorts packages; if the project has another order, new ones come last.
function inOrder(
  before: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>>,
): Record<string, string> {
  const names = Object.keys(before)
  const isSorted = names.every((name, index) => index === 0 || (names[index - 1] ?? '') <= name)
  const entries = Object.entries({ ...before, ...more })
  return Object.fromEntries(
    isSorted ? entries.sort(([one], [other]) => (one < other ? -1 : 1)) : entries,
  )
}
