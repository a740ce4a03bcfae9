import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { migrate } from 'latchkey/server'
import { onTestFinished } from 'vitest'
import { openDatabase } from '../../templates/api/database.ts'
import { emptyDatabaseUrl, temporaryFolder } from '../harness.ts'
import { createClient, type Send } from './client.ts'
import { type History, openHistory } from './history.ts'
import { faultOptions } from './options.ts'
import type { Held } from './person.ts'
import { openPostOffice, type PostOffice } from './post-office.ts'
import { openTables, type Tables } from './tables.ts'
import { createTarget, type Target } from './target.ts'

/** Everything around a server that is to be broken. */
export interface World {
  readonly history: History
  readonly target: Target
  readonly tables: Tables
  readonly post: PostOffice
  readonly send: Send
  /** What was acknowledged as over: whoever passes tries whether it is. */
  readonly graveyard: Held[]
  /** Says that something begins; the answer, that it is over. */
  begin(name: string): () => void
  /** The names of what is under way. */
  underWay(): string
  /** Resolves when nothing of what was asked for before can happen any more. */
  settled(): Promise<void>
}

export interface WorldOptions {
  readonly processes?: number
  readonly variables?: Readonly<Record<string, string>>
  /** As the server reaches it, and as this process does; the same where nothing is between. */
  readonly databaseUrl?: string
  readonly tablesUrl?: string
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { processes = 1, variables = {} } = options
  const databaseUrl = options.databaseUrl ?? (await emptyDatabaseUrl())
  const { database, migrations } = await openDatabase(options.tablesUrl ?? databaseUrl)
  await migrate(database, migrations)
  await database.close()
  const folder = faultOptions().folder ?? temporaryFolder()
  const history = openHistory(join(folder, `history-${process.pid}-${Date.now()}.jsonl`))
  const tables = openTables(options.tablesUrl ?? databaseUrl)
  onTestFinished(() => tables.close())
  const post = await openPostOffice(history, tables)
  const target = await createTarget({ databaseUrl, smtpUrl: post.url, processes, variables })
  const open = new Set<{ name: string }>()
  return {
    ...{ history, target, tables, post, graveyard: [] },
    send: createClient(target.origin, history),
    begin(name) {
      const each = { name }
      open.add(each)
      return () => void open.delete(each)
    },
    underWay: () => [...new Set([...open].map(({ name }) => name))].sort().join(', '),
    async settled() {
      await target.ready()
      // What a database still has to do for a connection that is gone.
      await wait(300)
      await target.ready()
    },
  }
}

/** Resolves when no mail waits, or when `seconds` are over; what was given up is then in the history. */
export async function untilMailed({ tables, history }: World, seconds: number): Promise<void> {
  const latest = performance.now() + seconds * 1_000
  while (performance.now() < latest && (await tables.queued()) > 0) await wait(200)
  for (const { to, kind } of await tables.givenUp()) {
    history.append({ type: 'given up', at: history.now(), to, subject: subjects[kind] ?? kind })
  }
}

const subjects: Readonly<Record<string, string>> = {
  password_reset: 'Reset your password',
  password_changed: 'Your password was changed',
  email_verification: 'Confirm your email address',
  api_key_created: 'A new API key was created',
}
