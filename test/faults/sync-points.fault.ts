// kill -9 at the first, second, third … call by which the server tells the disk, or PostgreSQL, anything.
import { inject, test } from 'vitest'
import { killAndJudge } from './kill-story.ts'
import { faultOptions } from './options.ts'

const { kills, seed } = faultOptions()
// What SQLite writes and syncs; what goes to PostgreSQL, to the mail server and to clients.
const calls = { sqlite: ['fsync,fdatasync', 'pwrite64'], postgres: ['writev', 'write'] }

test('killed at each call of the system, a server loses nothing that it acknowledged', async () => {
  const modes = calls[inject('database')]
  await killAndJudge('sync points', { kills, seed, modes, processes: 1 })
})
