export interface GuardStatements {
  /** Deletes counts, so that what they refused may be tried again. */
  deleteCounts(keys: readonly string[]): Promise<void>
  deleteFailedAttempts(keys: readonly string[]): Promise<void>
}
