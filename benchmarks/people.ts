import type { Auth, LoggedIn } from '../src/server.ts'

/** Who can log in, at every server. */
export const users = 10_000
export const password = 'measured alone and in turns'

/** How many of them come in a storm. */
export const stormers = 400

export const emailAddressOf = (index: number) => `user-${index}@example.com`

/**
 * In a storm each has a password of their own: where one is tried on more than thirty accounts at a time, the
 * guard takes it for spraying.
 */
export const ownPasswordOf = (index: number) =>
  index < stormers ? `the own one of number ${index}` : password

/** Signs one of them up past HTTP, where sign-up is open. */
export async function signUpDirectly(
  auth: Auth,
  index: number,
  typed = { password },
): Promise<LoggedIn> {
  const signedUp = await auth.signUp({ emailAddress: emailAddressOf(index), ...typed })
  if (signedUp.outcome !== 'signed_up') throw new Error(`A sign-up ended as ${signedUp.outcome}`)
  return signedUp
}
