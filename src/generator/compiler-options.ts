import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { isFile } from './folder.ts'

/** The options of a `tsconfig.json` that decide how code is written for it. */
export interface CompilerOptions {
  readonly noEmit?: boolean
  readonly outDir?: string
  readonly rootDir?: string
  readonly types?: readonly string[]
  readonly module?: string
  readonly moduleResolution?: string
  readonly allowImportingTsExtensions?: boolean
  readonly rewriteRelativeImportExtensions?: boolean
}

/** The options in a file, which override those that it extends; none if the file cannot be read. */
export function readCompilerOptions(file: string, depth = 0): CompilerOptions {
  const text = readFileSync(file, 'utf8')
  const plain = text
    .replace(/("(?:\\.|[^"\\])*")|\/\/.*|\/\*[\s\S]*?\*\//g, (_all, string = '') => string)
    .replace(/,(?=\s*[\]}])/g, '')
  try {
    const said = Object(JSON.parse(plain))
    const bases = [said.extends ?? []].flat().map((name) => findBase(file, String(name)))
    const options = bases.map((base) =>
      base && depth < 9 ? readCompilerOptions(base, depth + 1) : {},
    )
    return Object.assign({}, ...options, said.compilerOptions)
  } catch {
    return {}
  }
}

function findBase(file: string, name: string): string | null {
  if (/^\.{0,2}\//.test(name)) {
    const path = resolve(dirname(file), name)
    return [path, `${path}.json`].find(isFile) ?? null
  }
  const { resolve: find } = createRequire(file)
  for (const each of [name, `${name}.json`, `${name}/tsconfig.json`]) {
    try {
      return find(each)
    } catch {}
  }
  return null
}
