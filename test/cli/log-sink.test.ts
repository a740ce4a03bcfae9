// A log that nobody reads, or that has no room, stops no server and fills no memory.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../harness.ts'

// Answers how much it holds.
const program = `
import { createLog } from 'latchkey/server'
const log = createLog({ mode: 'production', logLevel: 'info' })
process.on('message', async (told) => {
  if (told === 'end') return process.disconnect()
  for (let turn = 0; told === 'write' && turn < 100; turn++) {
    for (let line = 0; line < 1_000; line++) log.info({ path: 'x'.repeat(200) }, 'request')
    await new Promise(setImmediate)
  }
  process.send(process.stdout.writableLength)
})
process.send('ready')`

test('a reader that stands still is waited for with a few megabytes, and hears that lines were lost', async () => {
  const child = await startLogging('pipe')
  const held = []
  for (let time = 0; time < 3; time++) held.push(await ask(child, 'write'))
  // Twenty-five megabytes each time; what is kept stays what it was.
  expect(held[0]).toBeGreaterThan(8_000_000)
  expect(Math.max(...held)).toBeLessThan(10_000_000)
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  while ((await ask(child, 'held')) > 0) await new Promise(setImmediate)
  await ask(child, 'write')
  child.send('end')
  await once(child, 'close')
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const lost = lines.filter(({ level }) => level === 'error')
  expect(lost[0]).toMatchObject({ message: 'nobody read the log, and lines of it were left out' })
  const sum = lost.reduce((all, each) => all + each.lost, 0)
  expect((lines.length - lost.length + sum) % 100_000).toBe(0)
}, 60_000)

test('a disk without room is no end of the process', async () => {
  const full = openSync('/dev/full', 'w')
  onTestFinished(() => closeSync(full))
  const child = await startLogging(full)
  await ask(child, 'write')
  await ask(child, 'write')
  child.send('end')
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
}, 30_000)

async function startLogging(output: 'pipe' | number): Promise<ChildProcess> {
  const file = join(temporaryFolder(), 'log.ts')
  // The package is looked for from where a file is.
  writeFileSync(file, program.replace('latchkey/server', join(process.cwd(), 'src/server.ts')))
  const child = spawn(process.execPath, ['--conditions=source', file], {
    stdio: ['ignore', output, 'inherit', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'message')
  return child
}

/** @returns how much of the log waits to be read, behind a hundred thousand lines more or as it is */
async function ask(child: ChildProcess, what: 'write' | 'held'): Promise<number> {
  child.send(what)
  const [held] = await once(child, 'message')
  return Number(held)
}
