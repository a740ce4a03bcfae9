// Who listens for messages that were queued hears of them behind the answer, and harms nobody.
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ann, startServer } from '../harness.ts'

test('a listener that fails is logged, and neither ends the process nor keeps others from hearing', async () => {
  const faults: unknown[] = []
  const log = { info() {}, error: (entry: object, text: string) => void faults.push([text, entry]) }
  const { auth } = await startServer({ auth: { log } })
  const fault = new Error('of a listener')
  const heard: string[] = []
  auth.onMessageQueued(() => {
    throw fault
  })
  auth.onMessageQueued(async () => {
    throw fault
  })
  auth.onMessageQueued(() => void heard.push('a message'))
  await auth.requestPasswordReset(ann.email_address)
  expect([faults, heard]).toEqual([[], []])
  await turn()
  await turn()
  expect(heard).toEqual(['a message'])
  const line = ['a listener of onMessageQueued failed', { err: fault }]
  expect(faults).toEqual([line, line])
})
