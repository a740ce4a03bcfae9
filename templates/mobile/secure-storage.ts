import type { TokenStorage } from 'latchkey/client'

/** A phone's storage for secrets: `expo-secure-store` can be passed as it is. */
export interface Vault<Options> {
  getItemAsync(key: string, options?: Options): Promise<string | null>
  setItemAsync(key: string, value: string, options?: Options): Promise<void>
  deleteItemAsync(key: string, options?: Options): Promise<void>
}

interface Kept<Options> {
  readonly options?: Options
  /** Called if the phone could not save or delete the token; it stays right in memory while the app runs. */
  onUnsaved(error: unknown): void
}

const key = 'latchkey.token'

/**
 * Keeps the token in the phone's vault, and in memory while the app runs. Reading from a locked vault throws;
 * writing to it does not, because a log-in has already succeeded by then, and its token is shown only once.
 */
export function inSecureStorage<Options>(
  vault: Vault<Options>,
  { options, onUnsaved }: Kept<Options>,
): TokenStorage {
  let atHand: { readonly token: string | null } | null = null
  // One write after the other: a slow log-out must not delete the token of the log-in after it.
  let saved = Promise.resolve()

  const save = (token: string | null) =>
    token === null ? vault.deleteItemAsync(key, options) : vault.setItemAsync(key, token, options)

  return {
    async read() {
      if (atHand) return atHand.token
      const token = await vault.getItemAsync(key, options)
      // A token that was written in the meantime is newer.
      atHand ??= { token }
      return atHand.token
    },
    write(token) {
      atHand = { token }
      saved = saved.then(() => save(token)).catch(onUnsaved)
      return saved
    },
    isShared: false,
  }
}
