import { expect, test } from 'vitest'
import { Relay, type Told } from './relay.ts'

const requests = (count: number) => [
  {
    name: 'requests_total',
    help: 'Requests',
    type: 'counter',
    aggregator: 'sum',
    values: [{ value: count, labels: {} }],
  },
]

test('what three had counted that end at once is their sum, and not more', async () => {
  const relay = new Relay()
  const said: Told[] = []
  const worker = (id: number) => ({
    id,
    isConnected: () => true,
    send: (told: Told) => void said.push(told),
  })
  for (const id of [1, 2, 3]) {
    relay.hear(worker(id), { latchkey: 'reported', id: 0, snapshot: requests(100) })
  }
  await Promise.all([1, 2, 3].map((id) => relay.keep(worker(id))))
  await relay.scrape(worker(4), 1)
  const [scraped] = said
  const snapshots = scraped?.latchkey === 'scraped' ? scraped.snapshots.flat() : []
  const values = snapshots.flatMap(({ values }) => values.map((each) => Object(each).value))
  expect(values).toEqual([300])
})
