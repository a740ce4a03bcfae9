/** What happened to the session, here or in another tab. */
export type SessionChange = 'signed_in' | 'signed_out'

export type Listener = (change: SessionChange) => void

interface TabsOptions {
  readonly isShared: boolean
  /** Awaited before listeners are told of a session that another tab began. */
  readonly beforeSignedIn: () => Promise<unknown>
}

/** Tells the listeners in this tab, and in the other tabs if they share the session. */
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
    // React Native has no BroadcastChannel, and no tabs either.
    this.#others = isShared && BroadcastChannel ? new BroadcastChannel(name) : null
    this.#others?.addEventListener('message', ({ data }) => {
      if (data === 'signed_out') this.#tell(data)
      const tell = () => this.#tell('signed_in')
      if (data === 'signed_in') beforeSignedIn().then(tell, tell)
    })
    // In Node an open channel would keep the program running.
    this.#others?.unref?.()
  }

  /** @returns a function that stops it */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  announce(change: SessionChange): void {
    this.#others?.postMessage(change)
    this.#tell(change)
  }

  /** Runs `work` once all earlier work has ended, across all tabs if the browser has locks. */
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
        // A listener that throws must not undo a log-out.
        console.error(error)
      }
    }
  }
}

// The parts of a browser that are used here. The DOM types would not compile for React Native.
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
