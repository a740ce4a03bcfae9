// The requests of each server to sign up, to log in and to reset a password.
import { ownPasswordOf, password as shared } from './people.ts'

/** A request with a body. */
export interface Action<Details> {
  readonly method: 'POST' | 'PUT'
  readonly path: string
  /** The status of success. */
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
  /** The password of each person in a storm. */
  stormPasswordOf(index: number): string
  /** The tokens of unused links, one for each user. */
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
  // better-auth does not count on how many accounts a password is tried, and all take equally long to verify.
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
