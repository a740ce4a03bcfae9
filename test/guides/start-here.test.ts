// The first page: what it types is answered as it shows, and it leads to every guide.
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { startServer } from '../harness.ts'
import { blocksOf, listen, shell } from './guide.ts'

const page = 'docs/guides/start-here.md'

test('the commands of the first page are answered as it shows', async () => {
  const { app } = await startServer({ now: new Date() })
  const url = await listen(app)
  const lines = blocksOf(page, 'console').join('').trim().split('\n')
  const commands = lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2))
  const shown = lines.filter((line) => !line.startsWith('$ '))
  expect([commands.length, shown.length]).toEqual([5, 4])
  const code = commands.join('\necho\n').replaceAll('localhost:3000', url)
  expect(mask((await shell(code)).trim().replaceAll(/\n+/g, '\n'))).toBe(mask(shown.join('\n')))
})

test('it is started by a command that there is', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(blocksOf(page, 'sh')).toEqual(['npm start\n'])
  expect(scripts.start).toBeDefined()
})

test('it leads to every other guide', () => {
  const text = readFileSync(page, 'utf8')
  const guides = globSync('docs/guides/*.md').map((path) => basename(path))
  const unnamed = guides.filter((name) => !text.includes(`](${name})`))
  expect(unnamed).toEqual(['start-here.md'])
})

function mask(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'INSTANT')
}
