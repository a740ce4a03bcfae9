/** Until a step has ended nobody else writes, where the database is SQLite. */
export const stepRows = 200
const pauseMilliseconds = 10

/** So that whoever waits to write has their turn between two steps. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseMilliseconds))
}
