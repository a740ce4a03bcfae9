import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The package's version. Its manifest is two folders up in a checkout, and one in what is published. */
export function version(): string {
  return String(readManifest().version)
}

/** Whether this is a clone of the repository, and not a package that npm installed. */
export function isCheckout(): boolean {
  return readManifest().private === true
}

/**
 * The packages, with their versions, that a project needs if the Node of this machine is older than Latchkey
 * needs. There Latchkey itself runs on the Node of a checkout, or of another such project.
 */
export function listNodePackages(): Readonly<Record<string, string>> {
  const { optionalDependencies, nodePackages, engines } = readManifest()
  if (isNodeNew(engines.node.replace('>=', ''))) return {}
  return nodePackages ?? optionalDependencies ?? {}
}

/** The peer packages of Latchkey that a project installs, with the versions that it works with. */
export function listPeers(): Readonly<Record<string, string>> {
  const asked = Object.entries(readManifest().peerDependencies)
  const peers = asked.map(([name, range]) => [name, range.replace(/^>=(\S+) <.*$/, '^$1')])
  return { ...Object.fromEntries(peers), '@types/pg': '^8.23.1', 'fastify-plugin': '^6.0.0' }
}

function isNodeNew(wanted: string): boolean {
  // npm puts folders of this package in front of the PATH; a project does not find those.
  const path = process.env.PATH?.split(delimiter).filter((folder) => !/node_modules/.test(folder))
  const env = { ...process.env, PATH: path?.join(delimiter) }
  const { stdout } = spawnSync('node', ['--version'], { env, encoding: 'utf8' })
  const [major = 0, minor = 0] = (stdout ?? '').trim().replace('v', '').split('.').map(Number)
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number)
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

interface Manifest {
  readonly version: string
  readonly private?: boolean
  readonly engines: { readonly node: string }
  readonly peerDependencies: Readonly<Record<string, string>>
  /** In a checkout, which has no `nodePackages`. */
  readonly optionalDependencies?: Readonly<Record<string, string>>
  /** The same in the published package, where npm must not install them. */
  readonly nodePackages?: Readonly<Record<string, string>>
}

function readManifest(): Manifest {
  const manifest = fileURLToPath(import.meta.resolve('latchkey/package.json'))
  return JSON.parse(readFileSync(manifest, 'utf8'))
}
