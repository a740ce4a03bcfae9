import { existsSync } from 'node:fs'
import { EnvironmentError } from '../environment-reader.ts'

/**
 * Takes the variables of a file in the working directory, if it is there; what is set already stays.
 *
 * @throws EnvironmentError for what cannot be read
 */
export function readEnvironmentFile(file: '.env' | '.env.development'): void {
  if (!existsSync(file)) return
  try {
    process.loadEnvFile(file)
  } catch (error) {
    throw new EnvironmentError(
      `${file} cannot be read: ${error instanceof Error ? error.message : error}`,
    )
  }
}
