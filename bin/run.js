// Plain JavaScript for any Node from 18 on. Installs what is missing, finds a Node that is new
// enough, and runs a TypeScript file of this repository with it:
//
//   node bin/run.js FILE [ARGUMENT …]
import { spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

install()
linkTemplates()
run(findNode(), process.argv.slice(2))

function install() {
  if (isInstalled()) return
  console.error('Installing what is missing …')
  // The npm that started this script; none of its packages needs an install script.
  const npm = process.env.npm_execpath
  const command = npm ? [process.execPath, npm] : ['npm']
  const all = ['--include=dev', '--include=optional', '--ignore-scripts']
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  const [program, ...before] = command
  const options = {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: !npm && process.platform === 'win32',
  }
  const { status } = spawnSync(program, [...before, 'ci', ...all, ...quiet], options)
  if (status !== 0) fail('npm could not install the packages; the lines above say why.')
}

function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
  const complete = names.every((name) => existsSync(join(root, 'node_modules', name)))
  return (
    complete && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  )
}

// What `npm install` does for "latchkey": "file:../..", without a second tree of packages.
function linkTemplates() {
  for (const name of ['api', 'mounts', 'web']) {
    linkTemplate(join(root, 'templates', name, 'node_modules'))
  }
}

function linkTemplate(modules) {
  const link = join(modules, 'latchkey')
  if (existsSync(link) && realpathSync(link) === realpathSync(root)) return
  mkdirSync(modules, { recursive: true })
  // One that leads elsewhere came along when the folder was moved.
  rmSync(link, { force: true })
  const isWindows = process.platform === 'win32'
  symlinkSync(isWindows ? root : join('..', '..', '..'), link, 'junction')
}

function findNode() {
  const wanted = manifest.engines.node.replace('>=', '').split('.').map(Number)
  if (isAtLeast(process.versions.node.split('.').map(Number), wanted)) return process.execPath
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const binary = process.platform === 'win32' ? 'node.exe' : 'node'
  const bundled = join(root, 'node_modules', name, 'bin', binary)
  if (existsSync(bundled)) return bundled
  return fail(`Latchkey needs Node ${wanted.join('.')} or newer; this is ${process.version}.`)
}

function isAtLeast([major, minor], [wantedMajor, wantedMinor]) {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

function run(node, args) {
  const child = spawn(node, ['--conditions=source', ...args], { cwd: root, stdio: 'inherit' })
  // Whoever stops this process means the child.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  // Stopping npm ends its shell and leaves what the shell started: that is noticed here.
  const parent = process.ppid
  const orphaned = () => process.ppid !== parent && child.kill('SIGTERM')
  if (process.env.npm_lifecycle_event) setInterval(orphaned, 250).unref()
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code))
}

function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}
