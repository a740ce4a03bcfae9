/** How many rows a step handles. With SQLite nobody else can write during a step. */
export const stepRows = 200
const pauseMilliseconds = 10

/** Waits between two steps, so that others can write. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseMilliseconds))
}
