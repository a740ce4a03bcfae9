// The one line that a terminal shows while an import runs.
import { expect, test } from 'vitest'
import { ImportProgress } from '../../src/cli/commands/import-progress.ts'

function prepare({ total, isTTY = true }: { total: number | null; isTTY?: boolean }) {
  let now = 0
  const written: string[] = []
  const screen = { isTTY, write: (text: string) => written.push(text) }
  const progress = new ImportProgress({ total, screen, monotonic: () => now })
  const show = (rows: number, milliseconds: number) => {
    now = milliseconds
    progress.show(rows)
  }
  return { progress, show, written }
}

const erase = '\r\u001b[K'

test('it says how far it is, how fast, and how long it takes, over itself', () => {
  const { progress, show, written } = prepare({ total: 1_000_000 })
  show(1_000, 1_000)
  show(250_000, 100_000)
  show(1_200_000, 400_000)
  progress.end()
  expect(written).toEqual([
    `${erase}0 %: 1,000 rows, 1,000/s, 17 min left`,
    `${erase}25 %: 250,000 rows, 2,500/s, 5 min left`,
    // More than there were when it began: it is not over before it is.
    `${erase}99 %: 1,200,000 rows, 3,000/s, 0 s left`,
    erase,
  ])
})

test('where nobody knows how many there will be it promises nothing', () => {
  const { show, written } = prepare({ total: null })
  show(5_000, 2_000)
  expect(written).toEqual([`${erase}5,000 rows, 2,500/s`])
})

test('it is not drawn more than four times in a second', () => {
  const { show, written } = prepare({ total: null })
  for (let index = 0; index < 100; index += 1) show(index, index * 10)
  expect(written).toHaveLength(4)
})

test('a file or a pipe gets nothing of it', () => {
  const { progress, show, written } = prepare({ total: 10, isTTY: false })
  show(5, 1_000)
  progress.end()
  expect(written).toEqual([])
})
