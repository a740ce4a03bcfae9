import { UsageError } from './command.ts'

/** @throws UsageError for none, and for more than one */
export function oneOf(positionals: readonly string[], wanted = 'One ID or address'): string {
  const [name, ...more] = positionals
  if (name !== undefined && more.length === 0) return name
  throw new UsageError(`${wanted} is needed`)
}
