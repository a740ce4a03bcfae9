import { execFile } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const here = import.meta.dirname
const { resolve } = createRequire(import.meta.url)
const vite = join(dirname(resolve('vite/package.json')), 'bin', 'vite.js')
const latchkey = dirname(resolve('latchkey/package.json'))

/** Makes `dist/`, unless it is newer than all that it is made of. */
export async function buildWeb(): Promise<void> {
  const made = join(here, 'dist', 'index.html')
  const latest = Math.max(...sources().map((path) => statSync(path).mtimeMs))
  if (existsSync(made) && statSync(made).mtimeMs > latest) return
  // A process of its own: what is built is for production, whatever this one runs in, and the memory
  // of the bundler goes with it.
  const build = [vite, 'build', '--logLevel', 'error']
  await promisify(execFile)(process.execPath, build, { cwd: here, env: { NODE_ENV: 'production' } })
}

// The client is built in too.
function sources(): string[] {
  const own = globSync(['index.html', '*.ts', 'src/**/*', 'public/**/*'], { cwd: here })
  const client = globSync('{src,dist}/{client,react}{,/**/*}.{js,ts,tsx}', { cwd: latchkey })
  return [...own.map((path) => join(here, path)), ...client.map((path) => join(latchkey, path))]
}
