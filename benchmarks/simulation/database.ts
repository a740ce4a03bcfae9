// What a database of so many sessions is, computed.

const pageBytes = 8_192
// Of an index whose keys come in no order, and of one entry of it: a digest and what PostgreSQL adds.
const [fill, entryBytes] = [0.69, 52]
const coalescedSeconds = 300

/** How many pages of the index of digests lie between the question and the row. */
export function indexDepth(sessions: number): number {
  const perPage = Math.floor((pageBytes * fill) / entryBytes)
  let [depth, pages] = [1, Math.ceil(sessions / perPage)]
  for (; pages > 1; depth++) pages = Math.ceil(pages / perPage)
  return depth
}

/**
 * Uses that are written down, where those who are active are all as busy: each at most once in five
 * minutes, and then at its next check.
 */
export function lastUsesPerSecond(checksPerSecond: number, activeSessions: number): number {
  const checksEach = checksPerSecond / activeSessions
  return checksPerSecond / (1 + checksEach * coalescedSeconds)
}
