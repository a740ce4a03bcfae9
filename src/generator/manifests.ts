import type { Project } from './choices.ts'
import type { Files } from './template.ts'

/** Writes a project's manifests and compiler options, from those of the templates. */
export function writeManifests(files: Files, project: Project): void {
  change(files, 'package.json', (manifest) => apiManifest(manifest, project))
  if (project.frontEnd === 'none') return
  change(files, 'web/package.json', (manifest) => webManifest(manifest, project))
  // The front end has compiler options of its own: a browser is not Node.
  exclude(files, ['**/node_modules', '**/dist', 'web/src'])
}

type Json = Readonly<Record<string, unknown>>

function change(files: Files, path: string, edit: (content: Json) => Json): void {
  const content: Json = JSON.parse(files.get(path)?.toString() ?? '')
  files.set(path, Buffer.from(`${JSON.stringify(edit(content), null, 2)}\n`))
}

// As a formatter would: JSON.stringify puts each item on a line of its own.
function exclude(files: Files, paths: readonly string[]): void {
  const listed = paths.map((path) => `"${path}"`).join(', ')
  const config = files.get('tsconfig.json')?.toString() ?? ''
  files.set(
    'tsconfig.json',
    Buffer.from(config.replace(/\n\}\s*$/, `,\n  "exclude": [${listed}]\n}\n`)),
  )
}

function apiManifest(manifest: Json, project: Project): Json {
  const { name, scripts, dependencies, devDependencies, ...rest } = manifest
  const { database, frontEnd, names, latchkey, nodePackages } = project
  const unused = database === 'sqlite' ? ['pg', '@types/pg'] : []
  const from = latchkey.kind === 'file' ? `file:${latchkey.path}` : `^${latchkey.version}`
  const isBrought = Object.keys(nodePackages).length > 0
  return {
    name: names.packageName,
    ...rest,
    ...(frontEnd === 'react' ? { workspaces: ['web'] } : {}),
    scripts: frontEnd === 'react' ? withWeb(Object(scripts)) : scripts,
    dependencies: { ...without(unused, dependencies), latchkey: from },
    devDependencies: without(unused, devDependencies),
    ...(isBrought ? { optionalDependencies: nodePackages } : {}),
  }
}

function withWeb(scripts: Record<string, string>): Json {
  return {
    ...scripts,
    build: 'npm run build --workspace web',
    test: `${scripts.test} && npm test --workspace web`,
  }
}

function webManifest(manifest: Json, { names, latchkey }: Project): Json {
  const from = latchkey.kind === 'file' ? `file:../${latchkey.path}` : `^${latchkey.version}`
  const dependencies = { ...Object(manifest.dependencies), latchkey: from }
  return { ...manifest, name: `${names.packageName}-web`, dependencies }
}

function without(names: readonly string[], dependencies: unknown): Json {
  const entries = Object.entries(Object(dependencies))
  return Object.fromEntries(entries.filter(([name]) => !names.includes(name)))
}
