/** Rows per step. With SQLite nobody else writes until a step has ended. */
export const stepRows = 200
const pauseMilliseconds = 10

/** Gives those who wait to write their turn between two steps. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseMilliseconds))
}
