import { OriginError } from '../origin.ts'

/**
 * A value that Active Record has not encrypted.
 *
 * @throws OriginError for an encrypted one, before a million rows are refused for it
 */
export function requirePlain(value: unknown): unknown {
  if (typeof value === 'string' && /^\{"p":"/.test(value)) {
    throw new OriginError(
      'A column is encrypted by Active Record: on a copy of the database decrypt it first, for example with bin/rails runner "User.find_each(&:decrypt)"',
    )
  }
  return value
}
