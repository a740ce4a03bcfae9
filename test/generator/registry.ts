// A registry of npm on loopback, with the packages of this repository: what is installed from it is not
// what somebody published since, and nothing is asked of the network.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { basename, dirname, join } from 'node:path'

export interface Registry {
  readonly url: string
  close(): void
}

type Manifest = Readonly<Record<string, unknown>>

interface Package {
  readonly name: string
  readonly version: string
  /** Such as `node_modules/react`. */
  readonly path: string
  readonly manifest: Manifest
}

export async function startRegistry(): Promise<Registry> {
  const packages = readPackages()
  const server = createServer((request, response) => {
    const asked = decodeURIComponent((request.url ?? '').slice(1))
    const packed = packages.find(({ path }) => asked === `${path}.tgz`)
    const versions = packages.filter(({ name }) => name === asked)
    if (packed) pack(packed, response)
    else if (versions.length > 0) response.end(JSON.stringify(describe(versions, url)))
    else response.writeHead(404).end('{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${Object(server.address()).port}/`
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url, close }
}

// Of another system's packages the lockfile alone knows: npm looks at them and leaves them.
function readPackages(): readonly Package[] {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const locked = Object.entries<Manifest>(lock.packages).filter(([path]) => path !== '')
  return locked.map(([path, entry]) => {
    const file = join(path, 'package.json')
    const manifest = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : entry
    const [, name = ''] = /.*node_modules\/(.+)$/.exec(path) ?? []
    return { name, version: String(entry.version), path, manifest }
  })
}

function describe(versions: readonly Package[], url: string): object {
  const described = versions.map(({ name, version, path, manifest }) => {
    const dist = { tarball: `${url}${encodeURIComponent(path)}.tgz` }
    return [version, { ...manifest, name, version, dist }] as const
  })
  const [{ name, version } = { name: '', version: '' }] = [...versions].sort(
    (one, other) => one.path.length - other.path.length,
  )
  return { name, 'dist-tags': { latest: version }, versions: Object.fromEntries(described) }
}

function pack({ path }: Package, response: ServerResponse): void {
  const folder = basename(path)
  const what = ['--exclude', `${folder}/node_modules`, folder]
  const tar = spawn('tar', ['-C', dirname(path), '-cf', '-', '-I', 'gzip -1', ...what])
  tar.stdout.pipe(response)
}
