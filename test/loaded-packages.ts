// Preloaded into a server: logs a line for each package and each file of the template that is loaded, and for each part
// of Node that is loaded only when it is needed.
import { registerHooks } from 'node:module'

const known = new Set<string>()
const templates = new URL('../templates/', import.meta.url).href

registerHooks({
  load(url, context, nextLoad) {
    const [, name] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(url) ?? []
    if (name !== undefined) say(name)
    if (url.startsWith(templates)) say(`templates/${url.slice(templates.length)}`)
    return nextLoad(url, context)
  },
})

function say(name: string): void {
  if (known.has(name)) return
  known.add(name)
  console.log(JSON.stringify({ message: 'loaded', name }))
}

// Node loads the whole of its fetch for the first `Request` or `Response`.
const parts = {
  undici: 'NativeModule internal/deps/undici/undici',
  https: 'NativeModule https',
}
setInterval(look, 10).unref()
// Also logs what was loaded since the last look, before the server ends.
process.on('exit', look)

function look(): void {
  // The modules that Node has loaded of itself, which its types do not declare.
  const list: string[] = Reflect.get(process, 'moduleLoadList')
  for (const [name, part] of Object.entries(parts)) if (list.includes(part)) say(name)
}
