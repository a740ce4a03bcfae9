// Preloaded into a server: a line of its log for each package that is loaded.
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
