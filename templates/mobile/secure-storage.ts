import type { TokenStorage } from 'latchkey/client'

/** What keeps secrets on a phone: `expo-secure-store` is one as it stands. */
export interface Vault<Options> {
  getItemAsync(key: string, options?: Options): Promise<string | null>
  setItemAsync(key: string, value: string, options?: Options): Promise<void>
  deleteItemAsync(key: string, options?: Options): Promise<void>
}

interface Kept<Options> {
  readonly options?: Options
  /** Hears that the phone could not keep the token, or not forget it: this run of the app goes on. */
  onUnsaved(error: unknown): void
}

const key = 'latchkey.token'

/**
 * Keeps the token in the phone's vault, and at hand for as long as the app runs. To read from a vault that
 * is locked throws; to write to it does not, for the log-in was answered, and its token is shown once.
 */
export function inSecureStorage<Options>(
  vault: Vault<Options>,
  { options, onUnsaved }: Kept<Options>,
): TokenStorage {
  let atHand: { readonly token: string | null } | null = null
  // One after the other: a log-in that overtakes the log-out before it would be forgotten.
  let saved = Promise.resolve()

  const save = (token: string | null) =>
    token === null ? vault.deleteItemAsync(key, options) : vault.setItemAsync(key, token, options)

  return {
    async read() {
      if (atHand) return atHand.token
      const token = await vault.getItemAsync(key, options)
      // What was written meanwhile is newer.
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
