// Preloaded into a server: a line of its log for each package that is loaded, for each file of the template, and for
// what Node loads of itself only where it is needed.
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

// What Node fetches with comes as a whole, for the first `Request` or `Response`.
const parts = {
  undici: 'NativeModule internal/deps/undici/undici',
  https: 'NativeModule https',
}
setInterval(look, 10).unref()
// What was loaded since the last look, too: a server that is stopped has said all.
process.on('exit', look)

function look(): void {
  // Not in the types of Node: what it has loaded of itself.
  const list: string[] = Reflect.get(process, 'moduleLoadList')
  for (const [name, part] of Object.entries(parts)) if (list.includes(part)) say(name)
}
