export interface GuardStatements {
  /** Forgets what was counted, so that all of it may be tried again. */
  deleteCounts(keys: readonly string[]): Promise<void>
  deleteFailedAttempts(keys: readonly string[]): Promise<void>
}
