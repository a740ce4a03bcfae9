import { OriginError } from '../origin.ts'

/**
 * A value as it was meant.
 *
 * @throws OriginError for what Active Record encrypted, before a million rows are refused for it
 */
export function requirePlain(value: unknown): unknown {
  if (typeof value === 'string' && /^\{"p":"/.test(value)) {
    throw new OriginError(
      'A column is encrypted by Active Record: on a copy of the database decrypt it first, for example with bin/rails runner "User.find_each(&:decrypt)"',
    )
  }
  return value
}
