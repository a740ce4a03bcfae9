import { ApiError, type Client, type User } from 'latchkey/client'

/** What the app shows: its pages, the log-in, or that it has to wait. */
export type Account =
  | { readonly status: 'signed_in'; readonly user: User }
  | { readonly status: 'signed_out' }
  /** There is a token, but the API cannot be asked: show data that the app has stored, and restore again later. */
  | { readonly status: 'offline'; readonly error: ApiError }
  /** The phone's secure storage is still locked: restore again when the app comes to the foreground. */
  | { readonly status: 'locked'; readonly error: unknown }

/** Finds out who is logged in on this phone. Call it when the app starts, and again after `offline` and `locked`. */
export async function restore(client: Client): Promise<Account> {
  try {
    if (!(await client.mayBeSignedIn())) return { status: 'signed_out' }
  } catch (error) {
    return { status: 'locked', error }
  }
  try {
    const { user } = await client.session.show()
    return { status: 'signed_in', user }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    // Only this code says that the session is over: another 401 may come from the network the phone is in.
    return error.code === 'invalid_token' ? { status: 'signed_out' } : { status: 'offline', error }
  }
}

/** Names this device in the user's list of devices, because a phone app's user agent does not say which phone it is. */
export async function nameDevice(client: Client, name: string): Promise<void> {
  const { session } = await client.session.show()
  await client.sessions.rename(session.id, name)
}

/**
 * Logs out, even if the API cannot be reached: then the token is deleted from this phone, but the session lives until
 * another device ends it, or until it expires.
 */
export async function logOut(client: Client): Promise<'revoked' | 'forgotten'> {
  try {
    await client.session.delete()
    return 'revoked'
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return 'forgotten'
  }
}

/** The token in the mailed link that opened the app, or null. */
export function tokenIn(link: string): string | null {
  const [, token = null] = /^https:\/\/[^#]+#(lk[rv]_\w+)$/.exec(link) ?? []
  return token
}
