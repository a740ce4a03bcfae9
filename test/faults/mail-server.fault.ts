// CON-09: the mail server in every bad mode, while people ask for mails. What it refuses for ever, and an
// hour without it, are in test/mail/outbox-outages.test.ts and test/mail/smtp.test.ts.
import { setTimeout as wait } from 'node:timers/promises'
import { expect, inject, test } from 'vitest'
import type { Fault, Step } from '../mail/smtp-harness.ts'
import { lookAtAll, startLoad } from './load.ts'
import { faultOptions } from './options.ts'
import { conclude } from './row.ts'
import { callWitness } from './witness.ts'
import { openWorld, untilMailed } from './world.ts'

const modes: readonly (readonly [name: string, step: Step, fault: Fault])[] = [
  ['refuses to talk', 'greeting', 'drop'],
  ['says nothing', 'greeting', 'hang'],
  ['is closing', 'EHLO', { reply: '421 closing' }],
  ['drops at EHLO', 'EHLO', 'drop'],
  ['puts the sender off', 'MAIL', { reply: '451 later' }],
  ['puts the recipient off', 'RCPT', { reply: '450 later' }],
  ['drops at DATA', 'DATA', 'drop'],
  ['drops within the mail', 'body', 'drop'],
  ['puts the mail off', 'dot', { reply: '451 later' }],
  ['drops when it has the mail', 'accepted', 'drop'],
  ['hangs when it has the mail', 'accepted', 'hang'],
]

test('whatever the mail server does, the API is the same, and every mail arrives', async () => {
  const world = await openWorld()
  const { history, post, target } = world
  await target.start()
  await target.ready()
  const load = startLoad(world, { lanes: 4, seed: faultOptions().seed })
  const witness = await callWitness(world)
  // Mails that the server has and does not say so: each is sent once more.
  let unsaid = 0
  for (const [name, step, fault] of modes) {
    const at = history.now()
    post.server.sabotage = (now) => {
      if (now === 'accepted' && step === 'accepted') unsaid += 1
      return now === step ? fault : 'pass'
    }
    await wait(5_000)
    post.server.sabotage = null
    // That it recovers, once it is given up for a while.
    await wait(1_000)
    history.append({ type: 'fault', name, at, point: name, recoveredAfter: 0 })
  }
  await witness.stop()
  const { living, dead, writing } = witness.statuses()
  expect({ living, dead, writing }).toEqual({ living: [200], dead: [401], writing: [201] })
  await load.stop()
  const drained = history.now()
  await untilMailed(world, 400)
  console.log(`drained after ${Math.round((history.now() - drained) / 1_000)} s`)
  expect(await world.tables.queued()).toBe(0)
  await lookAtAll(load.people)
  const { duplicates, unknown } = conclude('mail server', inject('database'), history.entries)
  expect(duplicates).toBeLessThanOrEqual(unsaid)
  console.log(`${unsaid} mails taken without a word, ${unknown} unknown operations`)
})
