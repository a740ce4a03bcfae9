// The server that the scanners scan, for another scanner: node bin/run.js test/scan/serve.ts FOLDER
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startScanServer } from './server.ts'

const [, , folder] = process.argv
if (folder === undefined) {
  console.error('usage: node bin/run.js test/scan/serve.ts FOLDER')
  process.exit(2)
}

mkdirSync(folder, { recursive: true })
const url = `sqlite:${join(folder, `serve-${process.pid}.sqlite3`)}`
const { origin, fixture, takeStatuses, faults, close } = await startScanServer(url, {
  mode: 'production',
  signUp: 'open',
})
console.log(origin)
console.log(`Authorization: Bearer ${fixture.token}`)
process.once('SIGINT', async () => {
  console.log('answers', [...takeStatuses()].map((each) => each.join(' × ')).join(', '))
  for (const fault of faults) console.log(fault)
  await close()
  process.exit(faults.length === 0 ? 0 : 1)
})
