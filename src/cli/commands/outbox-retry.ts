import { giveUpAt, type Message } from '../../core/mail.ts'
import type { Store } from '../../core/store.ts'
import { defineCommand, Refused, UsageError } from './command.ts'
import { databaseOptions, withStore } from './database.ts'
import { parseMessageId } from './message-id.ts'
import { complain, jsonOption, print, printJson } from './output.ts'

export const retryMessages = defineCommand(
  {
    name: 'outbox retry',
    summary: 'Queue failed or unknown mails again',
    details: `They are tried for another day; a running server begins within five seconds.
Unknown ones may arrive a second time. latchkey outbox list shows the IDs.`,
    operands: '(ID … | --failed | --unknown)',
    options: {
      failed: { type: 'boolean', meaning: 'All failed mails' },
      unknown: { type: 'boolean', meaning: 'All unknown mails' },
      json: jsonOption,
      ...databaseOptions,
    },
    examples: [
      'latchkey outbox retry 17 18',
      'latchkey outbox retry --failed',
      'latchkey outbox retry --unknown --json',
    ],
  },
  async ({ values, positionals }) => {
    const all = { failed: values.failed === true, unknown: values.unknown === true }
    const ids = [...new Set(positionals.map(parseMessageId))]
    if (ids.length > 0 === (all.failed || all.unknown)) {
      throw new UsageError('Either IDs are needed, or --failed or --unknown')
    }
    const outcome = await withStore(values, async (store) => {
      return retry(store, ids.length > 0 ? ids : await findEnded(store, all))
    })
    if (values.json) printJson(outcome)
    else printOutcome(outcome)
    if (outcome.queued.length === 0) {
      throw new Refused('Nothing was queued again; latchkey outbox list shows what there is')
    }
  },
)

const everything = { limit: Number.MAX_SAFE_INTEGER }

async function findEnded(
  store: Store,
  { failed, unknown }: { failed: boolean; unknown: boolean },
): Promise<readonly number[]> {
  const messages = [
    ...(failed ? await store.listMessages('failed', everything) : []),
    ...(unknown ? await store.listMessages('unknown', everything) : []),
  ]
  return messages.map(({ id }) => id).sort((one, other) => one - other)
}

// These names are an interface: programs read them.
interface Outcome {
  readonly queued: readonly number[]
  readonly refused: readonly { readonly id: number; readonly reason: Reason }[]
}

// A transaction may take a second, and servers wait for its end.
const perTransaction = 100

async function retry(store: Store, ids: readonly number[]): Promise<Outcome> {
  const queued: number[] = []
  for (let from = 0; from < ids.length; from += perTransaction) {
    queued.push(...(await retryTogether(store, ids.slice(from, from + perTransaction))))
  }
  const known = new Set(queued)
  const left = ids.filter((id) => !known.has(id))
  return { queued, refused: await explainRefusals(store, left) }
}

function retryTogether(store: Store, ids: readonly number[]): Promise<readonly number[]> {
  const now = new Date()
  return store.transaction(async (transaction) => {
    const queued: number[] = []
    for (const id of ids) {
      if (await transaction.retryMessage(id, { now, giveUpAt: giveUpAt(now) })) queued.push(id)
    }
    return queued
  })
}

function explainRefusals(store: Store, ids: readonly number[]): Promise<Outcome['refused']> {
  return Promise.all(ids.map(async (id) => ({ id, reason: reasonOf(await store.findMessage(id)) })))
}

type Reason = keyof typeof reasons

const reasons = {
  not_found: 'there is no such message',
  already_sent: 'it was sent',
  still_queued: 'it is queued',
  reset_already_queued: 'one like it for the same address is queued',
} as const

function reasonOf(message: Message | null): Reason {
  if (!message) return 'not_found'
  if (message.status === 'sent') return 'already_sent'
  if (message.status === 'queued') return 'still_queued'
  return 'reset_already_queued'
}

function printOutcome({ queued, refused }: Outcome): void {
  for (const { id, reason } of refused) complain(`${id} was not queued again: ${reasons[reason]}`)
  if (queued.length === 0) return
  const messages = queued.length === 1 ? '1 message is' : `${queued.length} messages are`
  print(`${messages} queued again: ${queued.join(', ')}`)
}
