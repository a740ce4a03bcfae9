import { setTimeout as wait } from 'node:timers/promises'
import { acts, signUp } from './acts.ts'
import { createChance } from './chance.ts'
import { Person } from './person.ts'
import type { World } from './world.ts'

export interface Load {
  /** Everybody who ever signed up. */
  readonly people: readonly Person[]
  /** Lets everybody finish what they do. */
  stop(): Promise<void>
}

export interface LoadOptions {
  readonly lanes: number
  readonly seed: number
  /** How long somebody thinks between two acts, at most. */
  readonly thinkMilliseconds?: number
}

const actsOfALife = 25

/** People who sign up, do one thing after another, and are followed by others. */
export function startLoad(world: World, options: LoadOptions): Load {
  const { lanes, seed, thinkMilliseconds = 40 } = options
  const people: Person[] = []
  let isOver = false
  const lane = async (number: number) => {
    const chance = createChance(seed + number)
    for (let count = 0; !isOver; count++) {
      const person = new Person(world, `p${number}-${count}@example.com`, chance)
      people.push(person)
      await signUp(person)
      for (let act = 0; act < actsOfALife && !isOver && !person.isGone; act++) {
        await wait(chance.below(thinkMilliseconds))
        await actOnce(person)
      }
    }
  }
  const running = Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)))
  return {
    people,
    async stop() {
      isOver = true
      await running
    },
  }
}

/** What became of everybody, in the tables and by the API. */
export async function lookAtAll(people: readonly Person[]): Promise<void> {
  const left = [...people]
  const lane = async () => {
    for (let person = left.pop(); person; person = left.pop()) await person.lookAround()
  }
  await Promise.all(Array.from({ length: 6 }, lane))
}

async function actOnce(person: Person): Promise<void> {
  const { chance, world } = person
  const possible = acts.filter(({ isPossible }) => isPossible(person))
  let left = (chance.below(1_000) / 1_000) * possible.reduce((sum, { weight }) => sum + weight, 0)
  const act = possible.find(({ weight }) => {
    left -= weight
    return left < 0
  })
  await act?.run(person)
  const grave = chance.below(4) === 0 ? chance.pick(world.graveyard) : undefined
  if (grave) await person.ask(grave)
}
