import { noKeys } from '../../core/imported-hashes/family.ts'
import { readDatabaseEnvironment } from '../database-url.ts'
import type { Environment } from '../environment.ts'
import { EnvironmentError, type Mode } from '../environment-reader.ts'
import { defineCommand, Refused } from './command.ts'
import { databaseOptions } from './database.ts'
import { judgeConfiguration, readConfiguration } from './doctor/configuration.ts'
import { examineDatabase } from './doctor/database.ts'
import { type Finding, look } from './doctor/finding.ts'
import { judgeProcess } from './doctor/machine.ts'
import { examineMail } from './doctor/mail.ts'
import { appOption, listSources } from './migration-sources.ts'
import { jsonOption, printJson, printTable } from './output.ts'

export const examineServer = defineCommand(
  {
    name: 'doctor',
    summary: 'Check whether a server can run here, and what should be changed',
    details: `Reads every variable that the server reads, and checks the database, its tables and
files, the disk, the clock, the mail server and the proxies. It changes nothing, and
sends no mail except with --mail-to. Run it as the server's user, with its variables.

ok      as it should be
advice  it works, but should not stay that way
fault   something does not work, or lets somebody in; the exit code is 1`,
    operands: null,
    options: {
      'mail-to': { type: 'string', value: 'ADDRESS', meaning: 'Send a test mail to this address' },
      app: appOption,
      json: jsonOption,
      ...databaseOptions,
    },
    examples: [
      'latchkey doctor',
      'latchkey doctor --mail-to ann@example.com',
      'latchkey doctor --dev --json',
    ],
  },
  async ({ values }) => {
    const mode = values.dev ? 'development' : 'production'
    const { environment, findings } = readConfiguration(process.env, mode)
    const found = [
      ...findings,
      ...judgeProcess(process.env, mode),
      ...(environment ? judgeConfiguration(environment) : []),
      ...(await look('database', () => examine(environment, { mode, app: values.app }))),
      ...(environment
        ? await look('mail', () => examineMail(environment.mail, values['mail-to'] ?? null))
        : []),
    ]
    if (values.json) printJson({ findings: found.map(toJson) })
    else printTable([header, ...found.map(toRow)])
    const faults = found.filter(({ state }) => state === 'fault').length
    if (faults > 0)
      throw new Refused(faults === 1 ? 'There is 1 fault' : `There are ${faults} faults`)
  },
)

interface Asked {
  readonly mode: Mode
  readonly app: string | undefined
}

// Examined even if another variable is at fault: each has its own finding.
async function examine(environment: Environment | null, { mode, app }: Asked): Promise<Finding[]> {
  const url = environment?.databaseUrl ?? readUrl(mode)
  if (url === null) return []
  return examineDatabase(url, {
    sources: await listSources(url, app),
    keyEncryptionKey: environment?.accessTokens.keyEncryptionKey ?? null,
    importedKeys: environment?.importedKeys ?? noKeys,
    processes: environment?.processes ?? 1,
  })
}

// Null where the URL cannot be read: the findings already say what is wrong with it.
function readUrl(mode: Mode): string | null {
  try {
    return readDatabaseEnvironment(process.env, mode)
  } catch (error) {
    if (error instanceof EnvironmentError) return null
    throw error
  }
}

// These names are an interface: programs read them.
function toJson({ what, state, found, todo }: Finding) {
  return { what, state, found, to_do: todo }
}

const header = ['STATE', 'WHAT', 'FOUND']

function toRow({ what, state, found, todo }: Finding): string[] {
  return [state, what, todo === null ? found : `${found}: ${todo}`]
}
