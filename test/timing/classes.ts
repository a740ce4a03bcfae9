import { requestOf, type Timed } from './connection.ts'
import {
  addresses,
  type DeadTokens,
  known,
  password,
  unknownTokens,
  wrongPassword,
} from './people.ts'
import type { Port } from './ports.ts'

/** Requests between which nobody is to see a difference from those of another class. */
export interface TimedClass {
  readonly port: Port
  readonly requests: readonly Timed[]
}

/** A class more is a line here, and one in `comparisons`. */
export function classes(tokens: DeadTokens): Record<string, TimedClass> {
  const [nobody, nobodyElse] = [addresses('u'), addresses('v')]
  return {
    'wrong password': logIn(addresses(known.proved)),
    'unknown address': logIn(nobody),
    'unknown address again': logIn(nobodyElse),
    'banned user': logIn(addresses(known.banned), password),
    'unproven address': logIn(addresses(known.unproven)),
    'older hash': logIn(addresses(known.olderHash)),
    // On a server of its own: while a hash of bcrypt is there everybody's log-in costs one.
    'imported, wrong password': { ...logIn(addresses(known.imported)), port: 'imported' },
    'native, where others were imported': {
      ...logIn(addresses(known.native)),
      port: 'imported',
    },
    'unknown, where others were imported': { ...logIn(nobody), port: 'imported' },
    'unknown, not hashed': { ...logIn(nobody), port: 'unhashed' },
    'unknown, 0.5 ms later': { ...logIn(nobody), port: 'delayed' },
    'reset of a known address': reset(addresses(known.forgetful)),
    'reset of an unknown address': reset(addresses('x')),
    'reset of an unknown address again': reset(addresses('y')),
    'unknown session': bearer(unknownTokens('session')),
    'unknown session again': bearer(unknownTokens('session')),
    'expired session': bearer(tokens.expiredSessions),
    'revoked session': bearer(tokens.revokedSessions),
    'unknown link': redeem(unknownTokens('passwordReset')),
    'unknown link again': redeem(unknownTokens('passwordReset')),
    'expired link': redeem(tokens.expiredResets),
  }
}

/** What is to hold between two classes. */
export interface Comparison {
  readonly one: string
  readonly other: string
  /**
   * `twins` must not differ. `same` cannot: that is what the test itself is judged by, as it is by
   * what it has to find within so many `rounds`. `stated` is a difference that is known, and how large it may be.
   */
  readonly expected:
    | { readonly kind: 'twins' }
    | { readonly kind: 'same' }
    | { readonly kind: 'found'; readonly rounds: number }
    | { readonly kind: 'stated'; readonly milliseconds: number }
}

export const comparisons: readonly Comparison[] = [
  ...pairs(['unknown address', 'wrong password', 'banned user', 'unproven address']),
  ...pairs([
    'unknown, where others were imported',
    'imported, wrong password',
    'native, where others were imported',
  ]),
  ...pairs(['reset of an unknown address', 'reset of a known address']),
  ...pairs(['unknown session', 'revoked session']),
  // A row is read of the one, and none of the other: that it was good once, its holder knows.
  stated('unknown session', 'expired session', 0.25),
  ...pairs(['unknown link', 'expired link']),
  // Its work is the same, in two hashes; their time is so only nearly.
  stated('unknown address', 'older hash', 2),
  same('unknown address'),
  same('reset of an unknown address'),
  same('unknown session'),
  same('unknown link'),
  found('unknown, not hashed', 50),
  found('unknown, 0.5 ms later', 1_000),
]

function pairs(names: readonly string[]): Comparison[] {
  return names.flatMap((one, index) =>
    names.slice(index + 1).map((other) => ({ one, other, expected: { kind: 'twins' as const } })),
  )
}

function stated(one: string, other: string, milliseconds: number): Comparison {
  return { one, other, expected: { kind: 'stated', milliseconds } }
}

function same(one: string): Comparison {
  return { one, other: `${one} again`, expected: { kind: 'same' } }
}

function found(other: string, rounds: number): Comparison {
  return { one: 'unknown address', other, expected: { kind: 'found', rounds } }
}

function logIn(people: readonly string[], typed = wrongPassword): TimedClass {
  return right(people, (email_address) => ({
    bytes: requestOf('POST /v1/session', { body: { email_address, password: typed } }),
    status: 401,
  }))
}

function reset(people: readonly string[]): TimedClass {
  return right(people, (email_address) => ({
    bytes: requestOf('POST /v1/passwords', { body: { email_address } }),
    status: 200,
  }))
}

function bearer(tokens: readonly string[]): TimedClass {
  return right(tokens, (token) => ({
    bytes: requestOf('GET /v1/session', { headers: { authorization: `Bearer ${token}` } }),
    status: 401,
  }))
}

function redeem(tokens: readonly string[]): TimedClass {
  return right(tokens, (token) => ({
    bytes: requestOf('PUT /v1/passwords', { body: { token, password } }),
    status: 401,
  }))
}

function right(values: readonly string[], toTimed: (value: string) => Timed): TimedClass {
  return { port: 'right', requests: values.map(toTimed) }
}
