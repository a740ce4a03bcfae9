import { constants, setPriority } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { sweep } from '../../core/sweep.ts'
import { pauseAfter } from '../../storage/sweeper.ts'
import { defineCommand } from './command.ts'
import { databaseOptions, withAuth } from './database.ts'
import { jsonOption, printJson, printTable } from './output.ts'

// No request waits for a step in this process, but other writers do; and after each commit every server has to read its
// pages of the database again.
const stepRows = 500
// The shares of time that steps may take, since servers on the same database come first. After a step that only
// looks, no server has to read anything again.
const sharesOfSteps = { looking: 0.03, deleting: 0.003 }

export const sweepDatabase = defineCommand(
  {
    name: 'sweep',
    summary: 'Delete what expired more than an hour ago',
    details: `Sessions, API keys, links, unconfirmed sign-ups, counts, and the session aliases and
signing keys of access tokens; also mails that ended 30 days ago, and events of a
year ago. A server does the same about once an hour; no answer depends on it. When a
session expires follows from SESSION_IDLE_HOURS and SESSION_MAXIMUM_HOURS, which
have to be the server's, and from the clock of this machine.`,
    operands: null,
    options: { json: jsonOption, ...databaseOptions },
    examples: ['latchkey sweep', 'latchkey sweep --json'],
  },
  async ({ values }) => {
    // Servers on the same machine come first: nobody waits for a sweep.
    setPriority(constants.priority.PRIORITY_LOW)
    let stepBegan = 0
    const swept = await withAuth(values, ({ config }) =>
      sweep(config, {
        maximum: stepRows,
        mayGoOn() {
          stepBegan = performance.now()
          return true
        },
        async after({ deleted }) {
          const share = sharesOfSteps[deleted > 0 ? 'deleting' : 'looking']
          await wait(pauseAfter(performance.now() - stepBegan, share))
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
