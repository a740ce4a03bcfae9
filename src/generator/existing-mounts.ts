import { join } from 'node:path'
import type { Change } from './edit.ts'
import type { ExistingProject } from './existing-project.ts'
import { type Importing, importBehind, importOf } from './import-lines.ts'
import { readTextFile } from './text-file.ts'

/** The changes to the file that creates the app, which mount authentication. */
export function mountChanges(project: ExistingProject): readonly Change[] {
  const { framework } = project
  return framework === 'next' ? [] : mounts[framework](project)
}

const mounts = {
  hono: (project: ExistingProject): readonly Change[] => {
    const isTyped = project.language === 'ts'
    const typed = isTyped ? ["import type { Protected } from 'latchkey/hono'"] : []
    const imports = [...typed, importOf('{ mountAuthentication }', project, mountOf(project))]
    return [
      importBehind('hono', imports),
      {
        at: /^((?:export )?(?:const|let|var) (\w+) = new Hono)(\((?:\{[^{}()]*\})?\))(;?)$/,
        to: (_all, [made = '', app = '', options = '', end = '']) =>
          `${made}${isTyped ? '<Protected>' : ''}${options}${end}\n\nmountAuthentication(${app})${end}`,
        byHand: `right behind \`const app = new Hono${isTyped ? '<Protected>' : ''}()\`:
  mountAuthentication(app)`,
      },
    ]
  },
  fastify: (project: ExistingProject): readonly Change[] => {
    const line = importOf('authentication', project, mountOf(project))
    return textOf(project).search(madeAtOnce) === -1
      ? [
          importBehind('fastify', [line]),
          {
            at: /^(?:export )?(?:const|let|var) (\w+)(?:: \w+)? = [fF]astify\([^()]*\)(;?)$/,
            to: (made, [app = '', end = '']) => `${made}\n\n${app}.register(authentication)${end}`,
            byHand: 'right behind `const app = Fastify(…)`:\n  app.register(authentication)',
          },
        ]
      : [
          {
            at: madeAtOnce,
            to: (made, [kind = '', app = '', quote = "'", end = '']) => {
              const alike = line.replace(/^const/, kind).replaceAll("'", quote)
              return `${alike}${end}\n${made}\n\n${app}.register(authentication)${end}`
            },
            byHand: `above the line that makes the app:\n  ${line}\nand right behind it:\n  app.register(authentication)`,
          },
        ]
  },
  express: (project: ExistingProject): readonly Change[] => [
    importBehind('express', [importOf('{ mountAuthentication }', project, mountOf(project))]),
    ...expressMount(project),
  ],
}

// As in Fastify's first example: the import has to come above this line, which creates the app.
const madeAtOnce = /^(const|let|var) (\w+) = require\((['"])fastify\3\)\([^()]*\)(;?)$/m

const statics = [
  /^(\w+)\.use\(express\.static\(.*\)\)(;?)$/,
  /^(\w+)\.use\((?:'[^']*'|"[^"]*"), express\.static\(.*\)\)(;?)$/,
]

/** The one line that serves static files; everything after it is closed. Null if a route may come before it. */
function findFiles(text: string): RegExp | null {
  const files = statics.find((line) => new RegExp(line.source, 'm').test(text))
  const [before = '', ...behind] = files ? text.split(new RegExp(files.source, 'm')) : []
  // The split keeps the groups: after one such line there are three pieces, after two there are six.
  if (!files || behind.length !== 3) return null
  const lines = before
    .slice(before.search(/\bexpress\(\)/))
    .split('\n')
    .slice(1)
  return lines.every((line) => harmless.test(line)) ? files : null
}

// SECURITY: every other line before the static files may be a route, which would stay open.
const harmless =
  /^\s*(?:\w+\.(?:(?:set|enable|disable)\((?:[^()]|\([^()]*\))*\)|use\((?:(?:'[^']*'|"[^"]*"), )?(?:express\.(?:json|urlencoded|text|raw|static)|cookieParser|logger|morgan|cors|helmet|compression)\((?:[^()]|\([^()]*\))*\)\));?\s*)?(?:\/\/.*)?$/

function textOf({ directory, entry }: ExistingProject): string {
  return entry === null ? '' : readTextFile(join(directory, entry))
}

function mountOf({ entry }: ExistingProject): Importing {
  return { module: 'mount', path: entry }
}

// Static files were open to everybody, and stay so if only middleware comes before them.
function expressMount(project: ExistingProject): readonly Change[] {
  const text = textOf(project)
  const made = /^(?:export )?(const|let|var) (\w+)(?:: [\w.]+)? = express\(\)(;?)$/
  const declared = (kind: string, end: string) =>
    `${kind} { authenticationRoutes, requireAuthentication } = mountAuthentication()${end}`
  const byHand = `right behind \`const app = express()\`:
  const { authenticationRoutes, requireAuthentication } = mountAuthentication()
  app.use(authenticationRoutes, requireAuthentication)`
  const files = findFiles(text)
  if (files === null) {
    const use = (app: string) => `${app}.use(authenticationRoutes, requireAuthentication)`
    const to: Change['to'] = (all, [kind = '', app = '', end = '']) =>
      `${all}\n\n${declared(kind, end)}\n${use(app)}${end}`
    return [{ at: made, to, byHand }]
  }
  return [
    {
      at: made,
      to: (all, [kind = '', app = '', end = '']) =>
        `${all}\n\n${declared(kind, end)}\n${app}.use(authenticationRoutes)${end}`,
      byHand,
    },
    {
      at: files,
      to: (all, [app = '', end = '']) => `${all}\n${app}.use(requireAuthentication)${end}`,
      byHand:
        'app.use(requireAuthentication) rather behind express.static, whose files are for everybody',
    },
  ]
}
