import { stripTypeScriptTypes } from 'node:module'

/** The same code without types, as one would write it by hand. */
export function toJavaScript(source: string): string {
  const lines = strip(withoutDeclarations(source)).split('\n').map(closeGaps)
  return foldLists(lines.join('\n'))
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+/, '')
}

// Removed first: Node would leave the comments of types, and gaps in lists.
function withoutDeclarations(source: string): string {
  return source
    .replace(/^import type [\s\S]*? from '[^']+'\n/gm, '')
    .replace(/^import ((?:\w+, )?)\{([^}]*)\} from/gm, (_all, own: string, list: string) => {
      const names = list.split(',').map((name) => name.trim())
      const values = names.filter((name) => name !== '' && !name.startsWith('type '))
      if (values.length === 0) return `import ${own.replace(', ', '')} from`
      return list.includes('\n')
        ? `import ${own}{\n  ${values.join(',\n  ')},\n} from`
        : `import ${own}{ ${values.join(', ')} } from`
    })
    .replace(
      /^(?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?(?:export )?interface \w+ \{[\s\S]*?^\}\n+/gm,
      '',
    )
    .replace(/^(?:export )?type \w+ = .*\n+/gm, '')
}

/** Turns the `import` and `export` of JavaScript into CommonJS. */
export function toCommonJs(source: string): string {
  const exported: string[] = []
  let own = ''
  const body = source
    .replace(/^import \* as (\w+) from /gm, 'import $1 from ')
    .replace(
      /^import ([\s\S]*?) from ('[^']+')$/gm,
      (_all, names: string, from: string) => `const ${asPattern(names)} = require(${from})`,
    )
    .replace(/^export default (\w+)\n\n?/gm, (_all, name: string) => {
      own = name
      return ''
    })
    .replace(/^export ((?:async )?function|const) (\w+)/gm, (_all, kind: string, name: string) => {
      exported.push(name)
      return `${kind} ${name}`
    })
  const exports = own === '' ? listed(exported) : defaulted(own, exported)
  return foldLists(`'use strict'\n\n${body.trimEnd()}\n${exports}`)
}

// Silences Node's warning that this is experimental: Node does the same to every TypeScript file it runs.
function strip(source: string): string {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return stripTypeScriptTypes(source)
  } finally {
    process.emitWarning = emitWarning
  }
}

function closeGaps(line: string): string {
  const [, indent = '', rest = ''] = /^( *)(.*)$/.exec(line) ?? []
  if (/^(?:\*|\/\*\*|\/\/)/.test(rest)) return line
  return (
    indent +
    rest
      .replace(/ {2,}/g, ' ')
      .replace(/ +([),;])/g, '$1')
      .trimEnd()
  )
}

// A list that was too long for one line may fit without types.
function foldLists(text: string): string {
  return text.replace(
    /^((?:import|const) \{|(?:export )?(?:async )?function \w+\()\n([\s\S]*?),?\n(\}.*|\) \{)$/gm,
    (all, open: string, items: string, close: string) => {
      if (items.includes('{') && open.endsWith('{')) return all
      const list = items.trim().split(/,\s+/).join(', ')
      const line = open.endsWith('(') ? `${open}${list}${close}` : `${open} ${list} ${close}`
      return line.length <= lineWidth && !line.includes('\n') ? line : all
    },
  )
}

const lineWidth = 100

function asPattern(names: string): string {
  return names.replace(/\bas\b/g, ':').replace(/ :/g, ':')
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? '' : `\nmodule.exports = { ${names.join(', ')} }\n`
}

function defaulted(own: string, others: readonly string[]): string {
  return `\n${[`module.exports = ${own}`, ...others.map((name) => `module.exports.${name} = ${name}`)].join('\n')}\n`
}
