import type { Project } from './choices.ts'
import type { Files } from './template.ts'

interface Replacement {
  readonly path: string
  /** The text to replace, which must be there. */
  readonly from: string | RegExp
  readonly to: string
}

/** Changes the few places where a project differs from the templates. */
export function replace(files: Files, project: Project): void {
  for (const { path, from, to } of listReplacements(project)) {
    const text = files.get(path)?.toString() ?? ''
    const replaced = text.replaceAll(from, () => to)
    if (replaced === text) throw new Error(`The template ${path} does not say ${from}`)
    files.set(path, Buffer.from(replaced))
  }
}

function listReplacements({ names: { title }, frontEnd, database }: Project): Replacement[] {
  return [
    { path: 'routes.ts', from: "'Projects API'", to: `'${title}'` },
    { path: 'mails.ts', from: "name: 'Projects'", to: `name: '${title}'` },
    ...(database === 'postgres' ? dumps : []),
    ...(frontEnd === 'react' ? frontEndAt(title) : withoutFrontEnd),
  ]
}

// With PostgreSQL a backup has another name.
const dumps: readonly Replacement[] = ['.gitignore', 'deploy/Dockerfile.dockerignore'].map(
  (path) => ({ path, from: '*.sqlite3*', to: '*.dump' }),
)

const withoutFrontEnd: readonly Replacement[] = [
  { path: 'server.ts', from: /^.*\bstartFrontEnd\b.*\n/gm, to: '' },
]

// In a project the front end is a folder inside the API's, and has a name of its own.
function frontEndAt(title: string): readonly Replacement[] {
  return [
    { path: 'front-end.ts', from: "'../web/", to: "'./web/" },
    { path: 'web/index.html', from: '<title>Projects</title>', to: `<title>${title}</title>` },
    { path: 'web/public/icon.svg', from: '<title>Projects<', to: `<title>${title}<` },
    { path: 'web/src/name.ts', from: "'Projects'", to: `'${title}'` },
    {
      path: 'web/README.md',
      from: "`npm start` in Latchkey's repository",
      to: '`npm run dev` of the API',
    },
    ...asInstalled,
  ]
}

// In Latchkey's own repository the package is present as source; in a project it is not.
const asInstalled: readonly Replacement[] = [
  { path: 'web/tsconfig.json', from: '    "customConditions": ["source"],\n', to: '' },
  { path: 'web/vite.config.ts', from: 'defaultClientConditions, ', to: '' },
  {
    path: 'web/vite.config.ts',
    from: `  // In Latchkey's own repository the package is there as source; elsewhere nothing has this name.
  resolve: { conditions: ['source', ...defaultClientConditions] },
`,
    to: '',
  },
]
