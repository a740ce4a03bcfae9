import type { FailedAttempts, GuardCount, GuardStore, GuardWindow } from 'latchkey/server'

/** The guard's part of a store, in memory, for one process or several, which records its calls. */
export interface MemoryGuardStore extends GuardStore {
  readonly counts: ReadonlyMap<string, GuardCount>
  readonly failures: Map<string, FailedAttempts>
  /** The windows of each call of `count`. */
  readonly counted: readonly (readonly GuardWindow[])[]
  /** The number of writes and reads. */
  readonly calls: { writes: number; reads: number }
  clear(): void
}

export function memoryGuardStore(): MemoryGuardStore {
  const counts = new Map<string, GuardCount>()
  const failures = new Map<string, FailedAttempts>()
  const counted: (readonly GuardWindow[])[] = []
  const calls = { writes: 0, reads: 0 }
  return {
    counts,
    failures,
    counted,
    calls,
    async count(windows, now) {
      calls.writes += 1
      counted.push(windows)
      const found: GuardCount[] = []
      for (const { key, attempts, maximum, endsAt } of windows) {
        const row = counts.get(key)
        const isOpen = row !== undefined && row.endsAt > now
        const next = {
          key,
          count: attempts + (isOpen ? row.count : 0),
          endsAt: isOpen && row.endsAt < endsAt ? row.endsAt : endsAt,
        }
        counts.set(key, next)
        found.push(next)
        if (next.count > maximum) break
      }
      return found
    },
    async findCounts(keys) {
      calls.reads += 1
      return keys.flatMap((key) => counts.get(key) ?? [])
    },
    async findFailedAttempts(key) {
      calls.reads += 1
      return failures.get(key) ?? null
    },
    async replaceFailedAttempts(key, { from, next }) {
      calls.writes += 1
      const known = failures.get(key) ?? null
      const isSame =
        known?.count === from?.count &&
        known?.blockedUntil.getTime() === from?.blockedUntil.getTime()
      if (isSame) failures.set(key, next)
      return isSame
    },
    clear() {
      counts.clear()
      failures.clear()
    },
  }
}
