export interface OneTimeTokenStatements {
  /**
   * Deletes the rows of mailed links, of all users: password resets, address verifications and changes, and sign-ups.
   * At most `maximum` of each.
   *
   * @returns whether there are more
   */
  deleteOneTimeTokens(limits: { maximum: number }): Promise<boolean>
}
