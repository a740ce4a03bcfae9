// What is known of who there is and what they hold: the model that the server is held against.
import { expect } from 'vitest'
import type { Received } from './wire.ts'

/** `unknown`: something happened to its owner of which nobody here can tell what it ended. */
export type State = 'live' | 'dead' | 'unknown'

export interface Credential {
  readonly kind: 'session' | 'key' | 'link'
  readonly token: string
  readonly owner: Person
  /** Of the key or the session, as lists show it. */
  readonly id: string
  state: State
}

export class Person {
  readonly emailAddress: string
  /** Null when some hostile request may have changed it. */
  password: string | null
  readonly credentials: Credential[] = []
  readonly projects: string[] = []
  /** False once it was deleted. */
  isThere = true

  constructor(emailAddress: string, password: string) {
    this.emailAddress = emailAddress
    this.password = password
  }

  hold(kind: Credential['kind'], token: string, id = ''): Credential {
    const credential: Credential = { kind, token, owner: this, id, state: 'live' }
    this.credentials.push(credential)
    return credential
  }

  end(isEnded: (credential: Credential) => boolean): void {
    for (const each of this.credentials) if (isEnded(each)) each.state = 'dead'
  }

  /** What is dead stays so, whatever happens. */
  doubt(): void {
    for (const each of this.credentials) if (each.state === 'live') each.state = 'unknown'
  }
}

/** Everybody whom one run of the fuzzer made. */
export class People {
  readonly all: Person[] = []
  readonly #owners = new Map<string, Person>()

  credentials(state: State, kinds: readonly Credential['kind'][]): Credential[] {
    const all = this.all.flatMap(({ credentials }) => credentials)
    return all.filter((each) => each.state === state && kinds.includes(each.kind))
  }

  /** Whatever has an id is seen by one person alone, and by nobody who sends no credential. */
  requireOwn({ status, text }: Received, reader: Person | null): void {
    if (status >= 400) return
    for (const [mark] of text.matchAll(marks)) {
      const owner = this.#owners.get(mark) ?? this.#named(mark) ?? reader
      expect(owner?.emailAddress, `${mark} is somebody else's`).toBe(reader?.emailAddress)
      if (reader) this.#owners.set(mark, reader)
    }
  }

  #named(emailAddress: string): Person | undefined {
    return this.all.find((person) => person.emailAddress === emailAddress)
  }
}

const marks = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|fuzz-[\d-]+@example\.com/g
