import { OriginError } from './origin.ts'

/** An origin's name for each of Latchkey's; null if it has no such thing. */
export type Names<Default extends NameGroups = NameGroups> = {
  readonly [Group in keyof Default]: {
    readonly [Name in keyof Default[Group]]: string | null
  }
}

/** The names in each group, such as `users`. */
export type NameGroups = Readonly<Record<string, Readonly<Record<string, string>>>>

/**
 * An origin's default names, replaced by those of the `--map` file:
 * `{ "users": { "email_address": "E-Mail", "created_at": null } }`.
 *
 * @param given the parsed file, or null if there is none
 * @throws OriginError if it is not such an object, or contains a name that the origin does not have
 */
export function mapNames<const Default extends NameGroups>(
  defaults: Default,
  given: unknown,
): Names<Default> {
  const names = new Map(
    Object.entries(defaults).map(([group, own]) => {
      return [group, new Map<string, string | null>(Object.entries(own))]
    }),
  )
  for (const [group, own] of entriesOf(given ?? {}, 'The mapping')) {
    const known = names.get(group)
    if (!known) throw unknown(group, [...names.keys()])
    for (const [name, value] of entriesOf(own, `In the mapping ${group}`)) {
      if (!known.has(name)) throw unknown(`${group}.${name}`, [...known.keys()])
      known.set(name, readName(value, `${group}.${name}`))
    }
  }
  const merged = [...names].map(([group, own]) => [group, Object.fromEntries(own)])
  // Its names are exactly those of the defaults.
  return Object.fromEntries(merged) as Names<Default>
}

function entriesOf(value: unknown, what: string): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value)
  }
  throw new OriginError(`${what} must be a JSON object, in which each name stands for another`)
}

function readName(value: unknown, what: string): string | null {
  if (value === null || (typeof value === 'string' && value !== '')) return value
  throw new OriginError(`In the mapping ${what} must be a name, or null`)
}

function unknown(name: string, known: readonly string[]): OriginError {
  return new OriginError(`The mapping knows no ${name}, but ${known.join(', ')}`)
}
