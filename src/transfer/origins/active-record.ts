import { OriginError } from '../origin.ts'

/**
 * Returns a value that Active Record has not encrypted.
 *
 * @throws OriginError for an encrypted value, since all of the rows would be refused because of it
 */
export function requirePlain(value: unknown): unknown {
  if (typeof value === 'string' && /^\{"p":"/.test(value)) {
    throw new OriginError(
      'A column is encrypted by Active Record: on a copy of the database decrypt it first, for example with bin/rails runner "User.find_each(&:decrypt)"',
    )
  }
  return value
}
