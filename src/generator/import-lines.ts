import { dirname, relative } from 'node:path/posix'
import type { Change } from './edit.ts'
import type { ExistingProject } from './existing-project.ts'

export interface Importing {
  /** One of the modules in `auth/`. */
  readonly module: 'mount' | 'server'
  /** The file that gets the line. */
  readonly path: string | null
}

/** The line that imports from one of the generated modules. */
export function importOf(
  names: string,
  { modules, source, ending }: ExistingProject,
  { module, path }: Importing,
): string {
  const folder = path === null ? source : `${dirname(path)}/`
  const place = relative(folder, `${source}auth/${module}`)
  const isCommon = isCommonJs(path ?? '', modules)
  // Between CommonJS and ES modules a path needs its extension.
  const whole = isCommon === (modules === 'cjs') ? ending : ending || '.js'
  const from = `'${place.startsWith('.') ? '' : './'}${place}${whole}'`
  return isCommon && !/ts$/.test(path ?? '')
    ? `const ${names} = require(${from})`
    : `import ${names} from ${from}`
}

function isCommonJs(path: string, modules: ExistingProject['modules']): boolean {
  if (/\.c[jt]s$/.test(path)) return true
  return modules === 'cjs' && !/\.m[jt]s$/.test(path)
}

/** Adds lines after the line that imports a module, in its style. `name` is a pattern. */
export function importBehind(name: string, lines: readonly string[]): Change {
  return {
    at: new RegExp(
      `^(?:import .*\\bfrom |(?:const|let|var) .* = require\\()(['"])(?:${name})\\1\\)?(?:\\(.*\\))?(;?)$`,
    ),
    to: (found, [quote = "'", end = '']) => {
      const kind = /^(?:const|let|var)/.exec(found)?.[0] ?? 'const'
      const alike = lines.map((line) =>
        line
          .replace(/^const/, kind)
          .replaceAll("'", quote)
          .concat(end),
      )
      return [found, ...alike].join('\n')
    },
    byHand: lines.join('\n'),
  }
}
