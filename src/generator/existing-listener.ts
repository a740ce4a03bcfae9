import { join } from 'node:path'
import { basename, extname } from 'node:path/posix'
import { type Change, type Edit, nowhere } from './edit.ts'
import type { ExistingProject } from './existing-project.ts'
import { isFile } from './folder.ts'
import { importBehind, importOf } from './import-lines.ts'
import { readTextFile } from './text-file.ts'

/** The edit of the file in which the server begins to listen, so that it sends mails and shuts down cleanly. */
export function findListener(project: ExistingProject): Edit {
  const found = candidates(project)
    .map((path) => ({ path, text: readText(join(project.directory, path)) }))
    .find(({ text }) => listening(project, text) !== null)
  const { path = null, text = '' } = found ?? {}
  const line = importOf('{ runAuthentication }', project, { module: 'server', path })
  const place = listening(project, text) ?? nowhere
  return {
    path: path ?? 'the file in which your server listens',
    changes: [
      { ...importBehind(appOf(project, path), [line]), byHand: line },
      ...runChanges(text, place),
    ],
  }
}

/**
 * The file that ends the process on a signal, before authentication has shut down; null if none does. Not looked for
 * in Fastify and Next.js, where a shutdown runs hooks, or is handled by the framework.
 */
export function findShutdown(project: ExistingProject): string | null {
  if (project.framework === 'fastify' || project.framework === 'next') return null
  // `server.close()` alone, as in the guides of Express, leaves time for the rest.
  const signs = [/['"`]SIG(?:TERM|INT)['"`]/, /\bprocess\.(?:on|once)\(/, /\bprocess\.exit\(/]
  const found = candidates(project).find((path) => {
    const text = readText(join(project.directory, path))
    return signs.every((sign) => sign.test(text))
  })
  return found ?? null
}

// The file that creates the app, and the usual names of a separate file that starts it.
function candidates({ entry }: ExistingProject): readonly string[] {
  const names = ['server', 'index', 'main', 'app', 'www']
  const files = names.flatMap((name) => ['', 'src/', 'bin/'].map((folder) => folder + name))
  const endings = ['.ts', '.js', '.mts', '.mjs', '.cjs', '']
  const others = files.flatMap((file) => endings.map((ending) => file + ending))
  return [...(entry === null ? [] : [entry]), ...others]
}

function readText(file: string): string {
  return isFile(file) ? readTextFile(file) : ''
}

// Finds the call that returns a server of `node:http`; null if a file has none.
function listening({ framework }: ExistingProject, text: string): RegExp | null {
  if (framework === 'hono') return text.includes('@hono/node-server') ? behind('serve') : null
  // In such a file this server listens, not the app.
  if (/\bcreateServer\(/.test(text)) return behind('(?:https?\\.)?createServer')
  return /\.listen\(/.test(text) ? behind('\\w+\\.listen') : null
}

function behind(call: string): RegExp {
  return new RegExp(`^((?:export )?(?:const|let|var) (\\w+)(?:: [\\w.]+)? = )?(${call}\\()`)
}

// In the app's own file, the line comes after the one that imports the mount.
function appOf({ entry }: ExistingProject, path: string | null): string {
  if (path === entry) return '\\.[^\'"]*/auth/mount(?:\\.\\w+)?'
  const name = basename(entry ?? 'app', extname(entry ?? ''))
  return `\\.[^'"]*/${name}(?:\\.\\w+)?`
}

function runChanges(text: string, place: RegExp): readonly Change[] {
  const [, , own] = new RegExp(place.source, 'm').exec(text) ?? []
  const server = own ?? (isNamed(text, 'server') ? 'httpServer' : 'server')
  const kind = /^var /m.test(text) ? 'var' : 'const'
  const end = /^(?:import|const|let|var) .*;$/m.test(text) ? ';' : ''
  return [
    {
      at: place,
      to: (_all, [made = `${kind} ${server} = `, _own, call = '']) => made + call,
      byHand: 'behind the call that makes the server listen, with what that returns:',
    },
    {
      // At the end of the text, except for empty lines.
      at: /(?<!\s)\s*(?![\s\S])/,
      to: () => `\n\nrunAuthentication(${server})${end}\n`,
      byHand: '  runAuthentication(server)',
    },
  ]
}

// Whether the name occurs outside of strings and comments.
function isNamed(text: string, name: string): boolean {
  const code = text.replace(/'[^'\n]*'|"[^"\n]*"|\/\/.*/g, '')
  return new RegExp(`\\b${name}\\b`).test(code)
}
