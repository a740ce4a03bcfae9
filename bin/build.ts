// Makes dist/: the package as it is published, compiled, with a manifest of its own; and beside it
// create-latchkey/dist/, or both elsewhere:
//
//   node bin/run.js bin/build.ts [FOLDER FOLDER]
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename } from 'node:path'
import { isTemplate } from '../src/generator/template.ts'
import { joinServer } from './join-server.ts'

const serverEntries = [
  ...['server', 'sqlite', 'postgres', 'smtp', 'hono', 'fastify', 'express', 'testing'],
  'cli/latchkey',
]
const serverRings = [
  ...['cli', 'core', 'generator', 'http', 'mail', 'observe', 'storage', 'testing', 'transfer'],
]
const [dist = 'dist', createDist = 'create-latchkey/dist'] = process.argv.slice(2)

rmSync(dist, { recursive: true, force: true })
const compile = ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.build.json']
execFileSync(process.execPath, [...compile, '--outDir', dist], { stdio: 'inherit' })
// All of the server in dist/ itself. What a browser gets stays as it is, for a bundler of its own.
for (const ring of serverRings) {
  for (const file of globSync(`${dist}/${ring}/**/*.{js,js.map}`)) rmSync(file)
}
await joinServer(serverEntries, dist)
cpSync('templates', `${dist}/templates`, {
  recursive: true,
  filter: (path) => isTemplate(basename(path)),
})
for (const file of ['LICENSE', 'NOTICE', 'README.md']) copyFileSync(file, `${dist}/${file}`)
writeFileSync(`${dist}/package.json`, `${JSON.stringify(publishedManifest(), null, 2)}\n`)

buildCreateLatchkey()

// What `npm create latchkey` fetches, in a package of its own that is published with this one.
function buildCreateLatchkey(): void {
  rmSync(createDist, { recursive: true, force: true })
  mkdirSync(createDist, { recursive: true })
  copyFileSync('create-latchkey/index.js', `${createDist}/index.js`)
  copyFileSync('LICENSE', `${createDist}/LICENSE`)
  const { version, license, engines } = JSON.parse(readFileSync('package.json', 'utf8'))
  const manifest = JSON.parse(readFileSync('create-latchkey/package.json', 'utf8'))
  const { private: _private, ...rest } = manifest
  const dependencies = { latchkey: version }
  const published = { ...rest, version, license, engines, dependencies }
  writeFileSync(`${createDist}/package.json`, `${JSON.stringify(published, null, 2)}\n`)
}

// The checkout's manifest less what only the checkout needs: above all the Node binaries, which latchkey new
// has to know all the same, and npm does not install by that name.
function publishedManifest(): object {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
  const { name, version, description, license, type, engines, exports } = manifest
  const { dependencies, peerDependencies, peerDependenciesMeta } = manifest
  const { optionalDependencies: nodePackages } = manifest
  return {
    ...{ name, version, description, license, type, engines },
    bin: { latchkey: 'cli/latchkey.js' },
    exports: publishedExports(exports),
    ...{ dependencies, peerDependencies, peerDependenciesMeta, nodePackages },
  }
}

function publishedExports(exports: object): unknown {
  const paths = JSON.stringify(exports).replaceAll('./dist/', './')
  return JSON.parse(paths, (condition, value) => (condition === 'source' ? undefined : value))
}
