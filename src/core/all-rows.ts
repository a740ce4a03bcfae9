/** Until a step has ended nobody else writes, where the database is SQLite. */
export const stepRows = 200
const pauseMilliseconds = 10

interface AllRows {
  /** The greatest id, up to this one, or at all. Ids are in the order of time. */
  readonly findLast: (upTo: string | null) => Promise<string | null>
  /** Says that it begins. */
  readonly begin: () => Promise<void>
  /** Ends so many at most, whose ids are not greater, and says how many. */
  readonly endStep: (last: string, limits: { maximum: number }) => Promise<number>
}

/** Ends all rows that there are when it begins, step by step: what is behind the last began later. */
export async function endAll({ findLast, begin, endStep }: AllRows): Promise<number> {
  const last = await findLast(null)
  await begin()
  let ended = 0
  // SECURITY: what somebody had in hand was passed over, and is asked for until it is gone.
  for (let left = last; left !== null; left = last && (await findLast(last))) {
    ended += await endStep(left, { maximum: stepRows })
    await pause()
  }
  return ended
}

/** So that whoever waits to write has their turn between two steps. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseMilliseconds))
}
