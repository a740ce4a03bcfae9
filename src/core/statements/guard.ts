export interface GuardStatements {
  /** Deletes counts, so that what they refused is admitted again. */
  deleteCounts(keys: readonly string[]): Promise<void>
  deleteFailedAttempts(keys: readonly string[]): Promise<void>
}
