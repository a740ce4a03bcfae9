import cluster from 'node:cluster'
import { type Environment, readEnvironment } from './environment.ts'
import { explain } from './explain.ts'
import { createLog } from './log.ts'
import { unsafeDatabase } from './postgres-tls.ts'
import { endWithSupervisor, supervise } from './supervisor.ts'

/**
 * Reads the environment, and runs a program with it. If the start fails, a sentence says why, and the process ends
 * with 1; a stack is printed only for unforeseen errors. If `WEB_CONCURRENCY` is above 1, this process only starts
 * and watches the others, which run the program.
 */
export async function start(program: (environment: Environment) => Promise<void>): Promise<void> {
  try {
    const environment = readEnvironment(process.env, process.argv)
    // SECURITY: test helpers refuse to run in production, and packages read this variable. An existing value stays.
    if (environment.mode === 'production') process.env.NODE_ENV ||= 'production'
    if (cluster.isPrimary) warn(environment)
    if (environment.processes > 1 && cluster.isPrimary) {
      process.exit(await supervise({ ...environment, log: createLog(environment) }))
    }
    if (environment.processes > 1) endWithSupervisor()
    await program(environment)
  } catch (error) {
    console.error(explain(error))
    process.exit(1)
  }
}

// Warns of settings that work but should not stay: once, for any number of processes.
function warn({ mode, rateLimits, databaseUrl, accessTokens }: Environment): void {
  if (rateLimits === 'off') console.error(unguarded)
  const unsafe = mode === 'production' ? unsafeDatabase(databaseUrl) : null
  if (unsafe) console.error(unsafe)
  const { audiences, keyEncryptionKey } = accessTokens
  if (audiences.length > 0 && keyEncryptionKey === null) console.error(keyless)
}

const keyless =
  'ACCESS_TOKEN_AUDIENCES is set and KEY_ENCRYPTION_KEY is not: no access tokens are issued. Set it, for example KEY_ENCRYPTION_KEY="$(openssl rand -base64 32)", and keep it.'
const unguarded = 'RATE_LIMITS=off: nobody is kept from guessing passwords. For development only.'
