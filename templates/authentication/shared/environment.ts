import { existsSync } from 'node:fs'
import { type Environment, readEnvironment } from 'latchkey/server'

/**
 * Reads the settings from the environment. In development, which `--dev` or `NODE_ENV=development` turns on, nothing
 * has to be set, and the file below supplies what the environment lacks. In production, the start fails if required
 * variables are missing, with a sentence for each.
 */
export function environment(args: readonly string[] = process.argv): Environment {
  const isDevelopment = isAskedFor(args)
  const file = '.env'
  if (isDevelopment && existsSync(file)) process.loadEnvFile(file)
  return readEnvironment(process.env, isDevelopment ? ['--dev'] : [])
}

// SECURITY: decided before that file is read, so that no copy of it can put a server into development.
function isAskedFor(args: readonly string[]): boolean {
  const { NODE_ENV } = process.env
  return NODE_ENV === 'development' || (NODE_ENV !== 'production' && args.includes('--dev'))
}
