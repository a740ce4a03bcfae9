import { setTimeout as wait } from 'node:timers/promises'
import { sweep } from '../../core/sweep.ts'
import { defineCommand } from './command.ts'
import { databaseOptions } from './database.ts'
import { jsonOption, printJson, printTable } from './output.ts'
import { withAuth } from './user.ts'

// Servers on the same database come first.
const pauseMilliseconds = 5

export const sweepDatabase = defineCommand(
  {
    name: 'sweep',
    summary: 'Delete what has been over for an hour',
    details: `Sessions, API keys, links and counts; mails that ended 30 days ago; events of a year ago. A server does the same
about once an hour, and no answer is different for it. When a session is over
follows from SESSION_IDLE_HOURS and SESSION_MAXIMUM_HOURS, which have to be
those of the server, and from the clock of this machine.`,
    operands: null,
    options: { json: jsonOption, ...databaseOptions },
    examples: ['latchkey sweep', 'latchkey sweep --json'],
  },
  async ({ values }) => {
    const swept = await withAuth(values, ({ config }) =>
      sweep(config, {
        mayGoOn: () => true,
        async after({ deleted }) {
          if (deleted > 0) await wait(pauseMilliseconds)
          return true
        },
      }),
    )
    if (values.json) printJson({ deleted: swept })
    else
      printTable([header, ...Object.entries(swept).map(([table, rows]) => [table, String(rows)])])
  },
)

const header = ['TABLE', 'DELETED']
