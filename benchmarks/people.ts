import type { Auth, LoggedIn } from '../src/server.ts'

/** Who can log in, at every server. */
export const users = 10_000
export const password = 'measured alone and in turns'

export const emailAddressOf = (index: number) => `user-${index}@example.com`

/** Signs one of them up past HTTP, where sign-up is open. */
export async function signUpDirectly(auth: Auth, index: number): Promise<LoggedIn> {
  const signedUp = await auth.signUp({ emailAddress: emailAddressOf(index), password })
  if (signedUp.outcome !== 'signed_up') throw new Error(`A sign-up ended as ${signedUp.outcome}`)
  return signedUp
}
