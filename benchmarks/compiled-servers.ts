// The servers as plain JavaScript, on the compiled package: reading TypeScript costs Node time and 15 MB.
import { cpSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, resolve } from 'node:path'

const root = join(import.meta.dirname, '..')

const sources = ['templates/api/*.ts', 'templates/web/*.ts', 'benchmarks/servers/*.ts']

const packages: Readonly<Record<string, readonly string[]>> = {
  node_modules: ['uuid', 'zod', 'nodemailer'],
  'benchmarks/node_modules': ['fastify', '@fastify/jwt', 'better-auth'],
}

/** Writes the servers into a folder, in which `latchkey` is resolved to dist/ and other packages as installed. */
export function compileServers(folder: string): (server: string) => string {
  for (const source of globSync(sources, { cwd: root, exclude: ['**/*.test.ts'] })) {
    const text = readFileSync(join(root, source), 'utf8')
    write(join(folder, toJavaScript(source)), compile(text))
  }
  write(join(folder, 'package.json'), '{"type":"module"}')
  const migrations = 'templates/api/migrations'
  cpSync(join(root, migrations), join(folder, migrations), { recursive: true })
  link(folder, 'latchkey', 'dist')
  for (const [place, names] of Object.entries(packages)) {
    for (const name of names) link(folder, name, join(place, name))
  }
  return (server) => resolve(join(folder, 'benchmarks'), toJavaScript(server))
}

const toJavaScript = (path: string) => path.replace(/\.ts$/, '.js')

// With `erasableSyntaxOnly`, removing the types is enough.
function compile(text: string): string {
  return stripTypeScriptTypes(text).replace(/(['"]\.[^'"\n]*)\.ts(['"])/g, '$1.js$2')
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

function link(folder: string, name: string, to: string): void {
  const path = join(folder, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(join(root, to), path)
}
