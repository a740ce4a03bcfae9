export interface OneTimeTokenStatements {
  /**
   * Deletes what links in mails lead to, whosever it is: resets, proofs and changes of an address,
   * sign-ups. So many rows at most of each.
   *
   * @returns whether there are more
   */
  deleteOneTimeTokens(limits: { maximum: number }): Promise<boolean>
}
