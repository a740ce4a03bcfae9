// Two processes on one database: one dies and the other goes on, or both die.
import { test } from 'vitest'
import { killAndJudge } from './kill-story.ts'
import { faultOptions } from './options.ts'

const { kills, seed } = faultOptions()

test('of two processes, one or both killed, nothing acknowledged is lost, and nothing dead returns', async () => {
  const modes = ['one process', 'answer', 'one process', 'moment']
  await killAndJudge('two processes', { kills: Math.ceil(kills / 5), seed, modes, processes: 2 })
})
