/** What becomes of the session, here or in another tab. */
export type SessionChange = 'signed_in' | 'signed_out'

export type Listener = (change: SessionChange) => void

interface TabsOptions {
  readonly isShared: boolean
  /** What is waited for until a session of another tab is told of. */
  readonly beforeSignedIn: () => Promise<unknown>
}

/** Tells everybody who listens in this tab, and in the others where they share the session. */
export class Tabs {
  readonly #listeners = new Set<Listener>()
  readonly #name: string
  readonly #others: Channel | null
  readonly #locks: Locks | null
  #turn: Promise<unknown> = Promise.resolve()

  constructor(name: string, { isShared, beforeSignedIn }: TabsOptions) {
    const { BroadcastChannel, navigator } = globalThis as Surroundings
    this.#name = name
    this.#locks = (isShared && navigator?.locks) || null
    // Phones have none, and no tabs either.
    this.#others = isShared && BroadcastChannel ? new BroadcastChannel(name) : null
    this.#others?.addEventListener('message', ({ data }) => {
      if (data === 'signed_out') this.#tell(data)
      const tell = () => this.#tell('signed_in')
      if (data === 'signed_in') beforeSignedIn().then(tell, tell)
    })
    // In Node it would be waited for, though nobody ever says anything.
    this.#others?.unref?.()
  }

  /** @returns how to stop listening */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  announce(change: SessionChange): void {
    this.#others?.postMessage(change)
    this.#tell(change)
  }

  /** Does one thing after the other, in all tabs where the browser can see to it. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#locks) return this.#locks.request(this.#name, work)
    const turn = this.#turn.then(work, work)
    this.#turn = turn
    return turn
  }

  #tell(change: SessionChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change)
      } catch (error) {
        // Whoever logs out is logged out, whatever a listener makes of it.
        console.error(error)
      }
    }
  }
}

// Of what browsers have the part that is wanted here: without the types of a page, which phones have not.
interface Surroundings {
  readonly BroadcastChannel?: new (name: string) => Channel
  readonly navigator?: { readonly locks?: Locks }
}

interface Channel {
  postMessage(message: SessionChange): void
  addEventListener(type: 'message', listener: (event: { data?: unknown }) => void): void
  unref?(): void
}

interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>
}
