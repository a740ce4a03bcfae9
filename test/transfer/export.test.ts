// latchkey export, and back: nothing is lost on the way, whichever database it is.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type ApiKey, createAuth, createStore } from 'latchkey/server'
import { expect, inject, test } from 'vitest'
import { prepareCommand, run } from '../command.ts'
import { cheapHash, emptyDatabaseUrl, temporaryFolder } from '../harness.ts'
import {
  bcrypt,
  contents,
  csv,
  nothing,
  otherBcrypt,
  password,
  prepareTarget,
  summaryOf,
  type Target,
  write,
} from './importing.ts'

/** Users from elsewhere and from here, with sessions, API keys and events. */
async function populate(target: Target) {
  const rows = csv(
    ['17', 'ann@example.com'],
    ['18', 'ben@example.com', otherBcrypt],
    ['0B6F5A0E-3C62-4F8E-9D7C-1E2F3A4B5C6D', 'cleo@example.com', ''],
  )
  write(target, 'users.csv', rows)
  await summaryOf(run(target.command, 'latchkey import csv users.csv --json'))
  await summaryOf(run(target.command, 'latchkey import csv users.csv --origin Z --json').catch(fail))
  const { auth } = target
  const user = await auth.createUser({ emailAddress: 'dora@example.com', password })
  const loggedIn = await auth.logIn(
    { emailAddress: 'dora@example.com', password },
    { ipAddress: '192.0.2.7', userAgent: 'Fire\u202efox \u0007 "é" 𝕏', requestId: 'r1', actor: 'user' },
  )
  await auth.flush()
  return { user, token: loggedIn?.token.reveal() ?? '' }
}
