// A phone: the app runs in a realm of its own, which has of all globals but the language's, with a clock
// that is wrong, and what little of React Native it needs. Beside it is a vault that outlives the app.
import { readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { resolve } from 'node:path'
import { argv, kill, pid } from 'node:process'
import { createContext, type Module, runInContext, SourceTextModule } from 'node:vm'
import type { startApp } from './app.ts'

/** How the vault fails at the next writing, or from now on. */
export type Fault = 'none' | 'locked' | 'broken' | 'dies before writing' | 'dies after writing'

export type Acts = ReturnType<typeof startApp> & { breakVault: (fault: Fault) => void }

const [, , api = '', vaultFile = ''] = argv
let fault: Fault = 'none'

const vault = {
  async getItemAsync(key: string): Promise<string | null> {
    if (fault === 'locked' || fault === 'broken') throw new Error('The vault is locked')
    return contents()[key] ?? null
  },
  setItemAsync: (key: string, value: string) => change({ ...contents(), [key]: value }),
  async deleteItemAsync(key: string): Promise<void> {
    const { [key]: _deleted, ...rest } = contents()
    await change(rest)
  },
}

function contents(): Record<string, string> {
  return JSON.parse(readFileSync(vaultFile, 'utf8'))
}

async function change(next: Record<string, string>): Promise<void> {
  if (fault === 'locked') throw new Error('The vault is locked')
  if (fault === 'dies before writing') kill(pid, 'SIGKILL')
  writeFileSync(vaultFile, JSON.stringify(next))
  if (fault === 'dies after writing') kill(pid, 'SIGKILL')
}

const realm = createContext({ fetch, Headers, AbortController, setTimeout, clearTimeout })
runInContext(
  `globalThis.Date = class extends Date {
    constructor(...given) { super(...(given.length > 0 ? given : [0])) }
    static now() { return 0 }
  }`,
  realm,
)

const modules = new Map<string, SourceTextModule>()

function load(path: string): SourceTextModule {
  const known = modules.get(path)
  if (known) return known
  const code = stripTypeScriptTypes(readFileSync(path, 'utf8'))
  const module = new SourceTextModule(code, { context: realm, identifier: path })
  modules.set(path, module)
  return module
}

// Whatever else the app would import, a phone does not have.
function link(specifier: string, { identifier }: Module): SourceTextModule {
  if (specifier === 'latchkey/client') return load(resolve('src/client.ts'))
  if (specifier.startsWith('.')) return load(resolve(identifier, '..', specifier))
  throw new Error(`No phone has ${specifier}`)
}

const app = load(resolve(import.meta.dirname, 'app.ts'))
await app.link(link)
await app.evaluate()
const started: ReturnType<typeof startApp> = Object(app.namespace).startApp(api, vault)
const acts: Acts = {
  ...started,
  breakVault(next) {
    fault = next
  },
}

process.on('message', async ({ id, name, args }: { id: number; name: keyof Acts; args: [] }) => {
  try {
    process.send?.({ id, result: await Reflect.apply(acts[name], null, args) })
  } catch (error) {
    const { code = '', message = String(error) } = Object(error)
    process.send?.({ id, error: { code, message } })
  }
})
