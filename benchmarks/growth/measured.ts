import type { ChildProcess } from 'node:child_process'
import type { Series } from '../figures.ts'
import type { Engine, Grown } from './grown.ts'
import type { Row } from './report.ts'

/** A measurement of databases of several sizes, all of them open, in turns. */
export interface Plan {
  readonly engine: Engine
  readonly grown: readonly Grown[]
  readonly rounds: number
  readonly seconds: number
  readonly folder: string
  /** A process of `load.ts`. */
  readonly load: ChildProcess
}

export interface Measured {
  readonly rows: readonly Row[]
  /** The part of it that is drawn. */
  readonly series: readonly Series[]
}

/**
 * Asks each place once in a round, so that a slower machine slows down all of them.
 *
 * @returns the results of each place, in the order of the rounds
 */
export async function inRounds<Place, Said>(
  places: readonly Place[],
  rounds: number,
  ask: (place: Place, round: number) => Promise<Said>,
): Promise<Said[][]> {
  const said = places.map((): Said[] => [])
  for (let round = 0; round < rounds; round++) {
    // The first place changes: one that always follows the same other would inherit its noise.
    const first = round % places.length
    const entries = [...places.entries()]
    for (const [index, place] of [...entries.slice(first), ...entries.slice(0, first)]) {
      said[index]?.push(await ask(place, round))
    }
  }
  return said
}
