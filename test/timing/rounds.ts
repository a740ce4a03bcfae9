import { randomInt } from 'node:crypto'
import type { TimedClass } from './classes.ts'
import { Connection } from './connection.ts'
import { type Port, ports } from './ports.ts'

/** Milliseconds of each round, by class. */
export type Times = ReadonlyMap<string, Float64Array>

/** How many requests of each class come before the first that counts. */
const warmUpRounds = 100

/** One request of each class in each round, in an order that chance decides, one after another. */
export async function timeRounds(
  classes: Readonly<Record<string, TimedClass>>,
  { rounds, listening }: { rounds: number; listening: Readonly<Record<Port, number>> },
): Promise<Times> {
  const connections = await openAll(listening)
  const times = new Map(Object.keys(classes).map((name) => [name, new Float64Array(rounds)]))
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (const [name, { port, requests }] of shuffled(Object.entries(classes))) {
      const request = requests[(round + warmUpRounds) % requests.length]
      if (!request) throw new Error(`${name} has no requests`)
      const milliseconds = await connections[port].time(request)
      if (round >= 0) times.get(name)?.set([milliseconds], round)
    }
  }
  for (const connection of Object.values(connections)) connection.close()
  return times
}

async function openAll(listening: Readonly<Record<Port, number>>) {
  const [right, imported, unhashed, delayed] = await Promise.all(
    ports.map((port) => Connection.open(listening[port])),
  )
  if (!right || !imported || !unhashed || !delayed) throw new Error('The server listens nowhere')
  return { right, imported, unhashed, delayed }
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, place: randomInt(2 ** 40) }))
    .sort((one, other) => one.place - other.place)
    .map(({ value }) => value)
}
