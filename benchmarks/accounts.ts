// How people sign up and log in to each, and how they reset their passwords there.
import { ownPasswordOf, password as shared } from './people.ts'

/** What is asked for with a body. */
export interface Action<Details> {
  readonly method: 'POST' | 'PUT'
  readonly path: string
  /** The one that says that it was done. */
  readonly status: number
  body(details: Details): object
}

export interface Person {
  readonly emailAddress: string
  readonly password: string
}

export interface Redemption {
  readonly token: string
  readonly password: string
}

export interface Accounts {
  readonly logIn: Action<Person>
  readonly signUp: Action<Person>
  readonly requestReset: Action<Person>
  readonly redeemReset: Action<Redemption>
  /** What each of those who come in a storm types. */
  stormPasswordOf(index: number): string
  /** Of links that nobody has followed: one for a user. */
  readonly resetTokens: readonly string[]
}

export const latchkeyAccounts: Accounts = {
  logIn: post('/v1/session', 200, latchkeyPerson),
  signUp: post('/v1/registrations', 201, latchkeyPerson),
  requestReset: post('/v1/passwords', 200, ({ emailAddress }: Person) => ({
    email_address: emailAddress,
  })),
  redeemReset: {
    method: 'PUT',
    path: '/v1/passwords',
    status: 200,
    body: ({ token, password }) => ({ token, password }),
  },
  stormPasswordOf: ownPasswordOf,
  resetTokens: [],
}

export const betterAuthAccounts: Accounts = {
  logIn: post('/api/auth/sign-in/email', 200, betterAuthPerson),
  signUp: post('/api/auth/sign-up/email', 200, betterAuthPerson),
  requestReset: post('/api/auth/request-password-reset', 200, ({ emailAddress }: Person) => ({
    email: emailAddress,
  })),
  redeemReset: post('/api/auth/reset-password', 200, ({ token, password }: Redemption) => ({
    token,
    newPassword: password,
  })),
  // Nothing there counts on how many accounts one is tried, and to verify any takes as long.
  stormPasswordOf: () => shared,
  resetTokens: [],
}

function post<Details>(
  path: string,
  status: number,
  body: (details: Details) => object,
): Action<Details> {
  return { method: 'POST', path, status, body }
}

function latchkeyPerson({ emailAddress, password }: Person): object {
  return { email_address: emailAddress, password }
}

function betterAuthPerson({ emailAddress, password }: Person): object {
  return { email: emailAddress, password, name: emailAddress }
}
