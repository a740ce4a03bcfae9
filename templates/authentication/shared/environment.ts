import { existsSync } from 'node:fs'
import { type Environment, readEnvironment } from 'latchkey/server'

/**
 * Reads the settings from the environment. In development, which `--dev` or `NODE_ENV=development` asks for,
 * nothing has to be set, and `.env` fills in what the environment leaves out; otherwise whatever is missing
 * stops the start, with a sentence for each variable.
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
