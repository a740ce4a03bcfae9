import { execFile } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const here = import.meta.dirname
const { resolve } = createRequire(import.meta.url)
const vite = join(dirname(resolve('vite/package.json')), 'bin', 'vite.js')
const latchkey = dirname(resolve('latchkey/package.json'))

/** Builds `dist/`, unless it is newer than all its sources. */
export async function buildWeb(): Promise<void> {
  const made = join(here, 'dist', 'index.html')
  const latest = Math.max(...sources().map((path) => statSync(path).mtimeMs))
  if (existsSync(made) && statSync(made).mtimeMs > latest) return
  // In a process of its own: the build is for production, whatever mode this process runs in, and the bundler's
  // memory is freed with it.
  const build = [vite, 'build', '--logLevel', 'error']
  await promisify(execFile)(process.execPath, build, { cwd: here, env: { NODE_ENV: 'production' } })
}

// Latchkey's client is part of the bundle, so it is a source too.
function sources(): string[] {
  const own = globSync(['index.html', '*.ts', 'src/**/*', 'public/**/*'], { cwd: here })
  const client = globSync('{src,dist}/{client,react}{,/**/*}.{js,ts,tsx}', { cwd: latchkey })
  return [...own.map((path) => join(here, path)), ...client.map((path) => join(latchkey, path))]
}
