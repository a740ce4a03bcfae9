/** How long look-ups took among so many sessions. */
export interface LookUps {
  readonly sessions: number
  readonly p50Microseconds: number
  readonly p99Microseconds: number
}

export function printLookUps(title: string, measured: readonly LookUps[]): void {
  console.log(`
${title}

| sessions | median, µs | p99, µs | against the first |
| --- | --- | --- | --- |`)
  for (const { sessions, p50Microseconds, p99Microseconds } of measured) {
    const ratio = p50Microseconds / (measured[0]?.p50Microseconds ?? 1)
    const figures = [
      p50Microseconds.toFixed(2),
      p99Microseconds.toFixed(2),
      `${ratio.toFixed(2)} ×`,
    ]
    console.log(`| ${[sessions.toLocaleString('en'), ...figures].join(' | ')} |`)
  }
}

export function summarise(sessions: number, microseconds: readonly number[]): LookUps {
  const sorted = microseconds.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  return { sessions, p50Microseconds: at(0.5), p99Microseconds: at(0.99) }
}
