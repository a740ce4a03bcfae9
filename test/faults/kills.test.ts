// kill -9 again and again: what was acknowledged is there, and what is over stays over. Some in
// `npm test`; `npm run test:faults -- kills --kills 500` for more.
import { test } from 'vitest'
import { killAndJudge } from './kill-story.ts'
import { faultOptions } from './options.ts'

const { kills, seed } = faultOptions()

test('killed at any moment, a server loses nothing that it acknowledged, and nothing dead returns', async () => {
  await killAndJudge('kills', { kills, seed, modes: ['moment', 'answer'], processes: 1 })
}, 3_600_000)
