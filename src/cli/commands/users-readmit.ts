import { parseEmailAddress } from '../../core/email-address.ts'
import { isUuid, liftMark, ownOrigin } from '../../storage/deleted-users.ts'
import { type Command, defineCommand, Refused, UsageError } from './command.ts'
import { databaseOptions, withDatabase, withMigrated } from './database.ts'
import { oneOf } from './operand.ts'
import { jsonOption, print, printJson } from './output.ts'
import { userOperand } from './user-operand.ts'

/** Lets imports bring back one user who was deleted. */
export const readmitUser: Command = defineCommand(
  {
    name: 'users readmit',
    summary: 'Let the next import bring back a user who was deleted here',
    details: `Name the user as the source does: by their id there, or by their address if the file
has no ids. A UUID, and a user of Latchkey's own export, need no --origin. This by
itself brings nothing back.`,
    operands: userOperand,
    options: {
      origin: {
        type: 'string',
        value: 'NAME',
        meaning: 'The name of the source, such as rails or csv',
      },
      json: jsonOption,
      ...databaseOptions,
    },
    examples: ['latchkey users readmit 17 --origin rails'],
  },
  async ({ values, positionals }) => {
    const name = oneOf(positionals)
    const origin = values.origin ?? ownOrigin
    if (origin === ownOrigin && !isUuid(name)) {
      throw new UsageError('Without --origin the ID has to be a UUID')
    }
    // An address that serves as the id is stored as it was read from the file.
    const called = new Set([name, parseEmailAddress(name) ?? name])
    const isLifted = await withMigrated(values, (url) =>
      withDatabase(url, (database) =>
        database.transaction(async (transaction) => {
          const lifted: boolean[] = []
          for (const originId of called)
            lifted.push(await liftMark(transaction, { origin, originId }))
          return lifted.includes(true)
        }),
      ),
    )
    if (!isLifted) throw new Refused(`Nothing keeps an import from bringing ${name}: see --origin`)
    if (values.json) printJson({ origin, id: name })
    else print(`An import may bring back ${name}`)
  },
)
