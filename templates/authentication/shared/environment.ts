import { existsSync } from 'node:fs'
import { type Environment, readEnvironment } from 'latchkey/server'

/**
 * What the environment says, behind it what `.env` says. In development nothing has to be set; without
 * `NODE_ENV=development` whatever is missing stops the start, with a sentence for each variable.
 */
export function environment(): Environment {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const isDevelopment = process.env.NODE_ENV === 'development'
  return readEnvironment(process.env, isDevelopment ? ['--dev'] : [])
}
