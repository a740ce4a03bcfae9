/** What cannot be equal in two systems, nor in two answers of one: its form is compared. */
export interface Varying {
  readonly rails: string
  readonly latchkey: string
}

/** The rows write these names in the place of the values. */
export const varying = {
  '<token>': {
    rails: '24 base58 characters',
    latchkey: '42 characters: `lks_` and 38 in base58, the last six of them a checksum',
  },
  '<id>': {
    rails: 'a whole number, one more each time',
    latchkey: 'a text: a UUID of version 7',
  },
  '<now>': {
    rails: 'ISO 8601 in UTC with milliseconds and `Z`',
    latchkey: 'the same',
  },
  '<request id>': {
    rails: 'a UUID in the header `x-request-id` alone',
    latchkey: 'a UUID, in every refusal that of the header `x-request-id`',
  },
  '<digest>': {
    rails: '60 characters of bcrypt',
    latchkey: 'in no answer',
  },
} as const satisfies Record<string, Varying>
