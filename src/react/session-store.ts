import { ApiError } from '../client/api-error.ts'
import type { Client } from '../client/client.ts'
import type { Session, User } from '../client/wire.ts'

/** Who is logged in, as far as known. */
export type SessionState =
  | { readonly status: 'loading' }
  | { readonly status: 'signed_out' }
  | { readonly status: 'signed_in'; readonly user: User; readonly session: Session }
  /** Unknown: the API could not be asked. `retry` asks it again. */
  | { readonly status: 'failed'; readonly error: ApiError; readonly retry: () => void }

/** The client, and how to ask for the session again. */
export interface Auth {
  readonly client: Client
  /** Asks again who is logged in, for example after the user has changed their data. Until then the old state stays. */
  readonly refresh: () => Promise<void>
}

const loading: SessionState = { status: 'loading' }
const signedOut: SessionState = { status: 'signed_out' }

// One store for each client, however often the provider renders: so the session is requested once, and no change is
// missed while no component is subscribed.
const stores = new WeakMap<Client, SessionStore>()

/** The store of a client. */
export function storeOf(client: Client): SessionStore {
  const store = stores.get(client) ?? new SessionStore(client)
  stores.set(client, store)
  return store
}

/** The state of the session, requested once for all components of a page. */
export class SessionStore implements Auth {
  readonly client: Client
  readonly #listeners = new Set<() => void>()
  #state = loading
  #isListening = false
  // Counts the requests: of several under way, only the latest sets the state.
  #asked = 0

  constructor(client: Client) {
    this.client = client
  }

  readonly current = (): SessionState => this.#state

  /** The state on a server, where nobody is logged in, and in the browser until the page is hydrated. */
  readonly first = (): SessionState => loading

  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.#asked === 0) void this.refresh()
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  readonly refresh = async (): Promise<void> => {
    this.#listen()
    this.#asked += 1
    const asked = this.#asked
    const isLatest = () => asked === this.#asked
    let state = await this.#ask()
    // The client would have announced the end of the session. So the API refused a token that has been replaced
    // meanwhile, for example by another tab.
    if (isLatest() && isRefused(state)) state = await this.#ask()
    const isOfUse = state.status !== 'failed' || this.#state.status !== 'signed_in'
    if (isLatest() && isOfUse) this.#set(state)
  }

  // The client alone decides whether a session has ended: not every 401 says so, nor comes from the API.
  #listen(): void {
    if (this.#isListening) return
    this.#isListening = true
    this.client.listen((change) => {
      if (change === 'signed_in') this.#askAnew()
      else this.#signOut()
    })
  }

  // Another user may have logged in: until that is known, nobody is shown.
  readonly #askAnew = (): void => {
    this.#set(loading)
    void this.refresh()
  }

  #signOut(): void {
    this.#asked += 1
    this.#set(signedOut)
  }

  async #ask(): Promise<SessionState> {
    try {
      if (!(await this.client.mayBeSignedIn())) return signedOut
      return { status: 'signed_in', ...(await this.client.session.show()) }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return { status: 'failed', error, retry: this.#askAnew }
    }
  }

  #set(state: SessionState): void {
    this.#state = state
    for (const listener of [...this.#listeners]) listener()
  }
}

function isRefused(state: SessionState): boolean {
  return state.status === 'failed' && /^(invalid_token|unauthenticated)$/.test(state.error.code)
}
