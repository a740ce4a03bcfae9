// npm run bench and bench:…: installs the peers where they are missing, then runs the bench. Plain JavaScript,
// because it comes before the packages.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const here = import.meta.dirname
if (!existsSync(join(here, 'node_modules', '.package-lock.json'))) {
  console.error('Installing the peers …')
  const npm = process.env.npm_execpath
  const [program, ...before] = npm ? [process.execPath, npm] : ['npm']
  const args = [...before, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync(program, args, { cwd: here, stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(1)
}
const [name] = process.argv.slice(2)
const others = [
  'concurrency',
  'footprint',
  'growth',
  'import',
  'pictures',
  'pools',
  'postgres',
  'revocation',
  'simulation',
  'storm',
  'sweep',
]
const bench = others.includes(name ?? '') ? process.argv.splice(2, 1)[0] : 'bench'
await import(`./${bench}.ts`)
