import { OriginError } from './origin.ts'

/** Names of an origin's tables and columns, by what Latchkey calls them; null for what it lacks. */
export type Names<Defaults extends NameGroups = NameGroups> = {
  readonly [Group in keyof Defaults]: {
    readonly [Name in keyof Defaults[Group]]: Defaults[Group][Name] extends string
      ? string
      : string | null
  }
}

/** By group, such as `users`; a name that may be null stands for a column that need not be there. */
export type NameGroups = Readonly<Record<string, Readonly<Record<string, string | null>>>>

/**
 * The names that an origin has by default, with those that the file behind `--map` gives it:
 * `{ "users": { "table": "accounts", "created_at": null } }`.
 *
 * @param given its JSON, or null without one
 * @throws OriginError for what is no such object, and for names that the origin does not have
 */
export function mapNames<const Defaults extends NameGroups>(
  defaults: Defaults,
  given: unknown,
): Names<Defaults> {
  const names = Object.fromEntries(
    Object.entries(defaults).map(([group, own]) => [group, new Map(Object.entries(own))]),
  )
  for (const [group, own] of entriesOf(given ?? {}, 'The mapping')) {
    const known = Object.hasOwn(names, group) ? names[group] : undefined
    if (!known) throw unknown(group, Object.keys(names))
    for (const [name, value] of entriesOf(own, group)) {
      if (!known.has(name)) throw unknown(`${group}.${name}`, [...known.keys()])
      known.set(name, readName(value, `${group}.${name}`))
    }
  }
  const merged = Object.entries(names).map(([group, own]) => [group, Object.fromEntries(own)])
  // As many names as the defaults have, and of their groups.
  return Object.fromEntries(merged) as Names<Defaults>
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
