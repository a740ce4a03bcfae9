// Makes dist/: the package as it is published, compiled, with a manifest of its own.
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

rmSync('dist', { recursive: true, force: true })
const compile = ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.build.json']
execFileSync(process.execPath, compile, { stdio: 'inherit' })
cpSync('src/storage/migrations', 'dist/storage/migrations', { recursive: true })
copyFileSync('src/core/common-passwords.bin', 'dist/core/common-passwords.bin')
for (const file of ['LICENSE', 'NOTICE', 'README.md']) copyFileSync(file, `dist/${file}`)
writeFileSync('dist/package.json', `${JSON.stringify(publishedManifest(), null, 2)}\n`)

// The checkout's manifest less what only the checkout needs: above all the Node binaries.
function publishedManifest(): object {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
  const { name, version, description, license, type, engines, exports } = manifest
  const { dependencies, peerDependencies, peerDependenciesMeta } = manifest
  return {
    ...{ name, version, description, license, type, engines },
    bin: { latchkey: 'cli/latchkey.js' },
    exports: publishedExports(exports),
    ...{ dependencies, peerDependencies, peerDependenciesMeta },
  }
}

function publishedExports(exports: object): unknown {
  const paths = JSON.stringify(exports).replaceAll('./dist/', './')
  return JSON.parse(paths, (condition, value) => (condition === 'source' ? undefined : value))
}
