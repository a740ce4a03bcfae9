import { existsSync } from 'node:fs'
import { messageOf } from '../../core/thrown.ts'
import { EnvironmentError } from '../environment-reader.ts'

/**
 * Takes the variables of a file in the working directory, if there is one; those already set stay.
 *
 * @throws EnvironmentError for a file that cannot be read
 */
export function readEnvironmentFile(file: '.env' | '.env.development'): void {
  if (!existsSync(file)) return
  try {
    process.loadEnvFile(file)
  } catch (error) {
    throw new EnvironmentError(`${file} cannot be read: ${messageOf(error)}`)
  }
}
