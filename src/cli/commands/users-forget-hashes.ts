import type { PasswordSchemeCount } from '../../core/entities.ts'
import { type Command, defineCommand } from './command.ts'
import { databaseOptions, withAuth } from './database.ts'
import { jsonOption, print, printJson } from './output.ts'

/** Until no imported hash is left, every log-in also takes the time that those hashes take. */
export const forgetImportedPasswords: Command = defineCommand(
  {
    name: 'users forget-hashes',
    summary: 'Delete the imported password hashes that no log-in has replaced',
    details: `These users choose a new password by a reset mail; their sessions stay. A minute later
each log-in costs one hash of our own, and no longer those of other systems.`,
    operands: null,
    options: {
      'dry-run': { type: 'boolean', meaning: 'Say how many there are, and change nothing' },
      json: jsonOption,
      ...databaseOptions,
    },
    examples: ['latchkey users forget-hashes --dry-run', 'latchkey users forget-hashes'],
  },
  async ({ values }) => {
    const isDry = values['dry-run'] === true
    const { schemes, users } = await withAuth(values, async (auth) => {
      const counted = await auth.countPasswordSchemes()
      return {
        schemes: counted,
        users: isDry ? sum(counted) : await auth.forgetImportedPasswords(),
      }
    })
    if (values.json) return printJson({ dry_run: isDry, users, password_schemes: schemes })
    const of = schemes.map(({ scheme, users }) => `${users} of ${scheme}`).join(', ')
    const what = `${users} imported ${users === 1 ? 'password' : 'passwords'}`
    print(isDry ? `${what} would be forgotten${of && `: ${of}`}` : `Forgot ${what}`)
  },
)

function sum(counted: readonly PasswordSchemeCount[]): number {
  return counted.reduce((total, { users }) => total + users, 0)
}
