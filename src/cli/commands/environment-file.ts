import { existsSync } from 'node:fs'

/** Takes the variables of a file in the working directory, if it is there; what is set already stays. */
export function readEnvironmentFile(file: '.env' | '.env.development'): void {
  if (existsSync(file)) process.loadEnvFile(file)
}
