// What all acts have in common.
import type { Effect } from './history.ts'
import type { Held, Person } from './person.ts'

export const born = ({ thing }: Pick<Held, 'thing'>): Effect => ({ thing, becomes: 'alive' })
export const died = ({ thing }: Pick<Held, 'thing'>): Effect => ({ thing, becomes: 'dead' })

export const text = (value: unknown): string => (typeof value === 'string' ? value : '')
export const idIn = (value: unknown): string => text(Object(value).id)

export const hasSession = ({ sessions }: Person) => sessions.length > 0
export const tokenOf = (person: Person) => person.chance.pick(person.sessions)?.token ?? ''

/** SECURITY: what was acknowledged as over is tried at once, most likely in another process. */
export async function bury(
  person: Person,
  kind: 'sessions' | 'keys',
  dead: readonly Held[],
): Promise<void> {
  person[kind] = person[kind].filter((each) => !dead.includes(each))
  for (const held of dead) {
    person.world.graveyard.push(held)
    await person.ask(held)
  }
}
