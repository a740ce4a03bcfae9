// Computed properties of a database with a number of sessions.

const pageBytes = 8_192
// How full the pages of an index with random keys are, and the size of an entry: a digest and what PostgreSQL adds.
const [fill, entryBytes] = [0.69, 52]
const coalescedSeconds = 300

/** The number of pages in the index of digests from the root to the row. */
export function indexDepth(sessions: number): number {
  const perPage = Math.floor((pageBytes * fill) / entryBytes)
  let [depth, pages] = [1, Math.ceil(sessions / perPage)]
  for (; pages > 1; depth++) pages = Math.ceil(pages / perPage)
  return depth
}

/**
 * How many last uses are written, if all active sessions are equally busy: for each at most one in five minutes, at the
 * next check after that.
 */
export function lastUsesPerSecond(checksPerSecond: number, activeSessions: number): number {
  const checksEach = checksPerSecond / activeSessions
  return checksPerSecond / (1 + checksEach * coalescedSeconds)
}
