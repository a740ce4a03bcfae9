// Preloaded into a server: a line of its log for each package that is loaded, and for what Node fetches with,
// which it loads as a whole for the first `Request` or `Response`.
import { registerHooks } from 'node:module'

const known = new Set<string>()

registerHooks({
  load(url, context, nextLoad) {
    const [, name] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(url) ?? []
    if (name !== undefined && !known.has(name)) {
      known.add(name)
      console.log(JSON.stringify({ message: 'loaded', name }))
    }
    return nextLoad(url, context)
  },
})

const fetching = 'NativeModule internal/deps/undici/undici'
const look = setInterval(() => {
  // Not in the types of Node: what it has loaded of itself.
  if (!String(Reflect.get(process, 'moduleLoadList')).includes(fetching)) return
  clearInterval(look)
  console.log(JSON.stringify({ message: 'loaded', name: 'undici' }))
}, 10).unref()
