interface Entry {
  readonly at: number
  readonly act: () => void
}

/** Future events, the next first; times in seconds. */
export class Agenda {
  now = 0
  // A binary heap: no entry is due before its parent.
  readonly #heap: Entry[] = []

  after(seconds: number, act: () => void): void {
    const entry = { at: this.now + seconds, act }
    let index = this.#heap.push(entry) - 1
    while (index > 0) {
      const above = (index - 1) >> 1
      const other = this.#heap[above]
      if (!other || other.at <= entry.at) break
      this.#heap[index] = other
      index = above
    }
    this.#heap[index] = entry
  }

  runUntil(end: number): void {
    for (let entry = this.#heap[0]; entry && entry.at <= end; entry = this.#heap[0]) {
      this.#removeFirst()
      this.now = entry.at
      entry.act()
    }
    this.now = end
  }

  #removeFirst(): void {
    const last = this.#heap.pop()
    if (!last || this.#heap.length === 0) return
    let index = 0
    for (;;) {
      const [left, right] = [this.#heap[2 * index + 1], this.#heap[2 * index + 2]]
      const next = left && right && right.at < left.at ? 2 * index + 2 : 2 * index + 1
      const below = this.#heap[next]
      if (!below || below.at >= last.at) break
      this.#heap[index] = below
      index = next
    }
    this.#heap[index] = last
  }
}
