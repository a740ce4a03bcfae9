import type { Auth, LoggedIn } from '../src/server.ts'

/** The number of users who can log in, on every server. */
export const users = 10_000
export const password = 'measured alone and in turns'

/** How many of them log in during a storm. */
export const stormers = 400

export const emailAddressOf = (index: number) => `user-${index}@example.com`

/**
 * In a storm each user has another password: if one is tried on more than thirty accounts at a time, the guard
 * considers it password spraying.
 */
export const ownPasswordOf = (index: number) =>
  index < stormers ? `the own one of number ${index}` : password

/** Signs a user up without HTTP; sign-up must be open. */
export async function signUpDirectly(
  auth: Auth,
  index: number,
  typed = { password },
): Promise<LoggedIn> {
  const signedUp = await auth.signUp({ emailAddress: emailAddressOf(index), ...typed })
  if (signedUp.outcome !== 'signed_up') throw new Error(`A sign-up ended as ${signedUp.outcome}`)
  return signedUp
}
