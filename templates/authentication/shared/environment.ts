import { existsSync } from 'node:fs'
import { type Environment, readEnvironment } from 'latchkey/server'

/**
 * What the environment says. In development, which `--dev` or `NODE_ENV=development` asks for, nothing has
 * to be set, and `.env` counts behind it; else whatever is missing stops the start, with a sentence for
 * each variable.
 */
export function environment(args: readonly string[] = process.argv): Environment {
  const isDevelopment = isAskedFor(args)
  const file = '.env'
  if (isDevelopment && existsSync(file)) process.loadEnvFile(file)
  return readEnvironment(process.env, isDevelopment ? ['--dev'] : [])
}

// SECURITY: asked before `.env` is read: no copy of that file puts a server into development.
function isAskedFor(args: readonly string[]): boolean {
  const { NODE_ENV } = process.env
  return NODE_ENV === 'development' || (NODE_ENV !== 'production' && args.includes('--dev'))
}
