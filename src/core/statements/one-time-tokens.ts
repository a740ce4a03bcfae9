export interface OneTimeTokenStatements {
  /**
   * Deletes what mailed links refer to, of any user: resets, proofs and changes of an address,
   * sign-ups. At most `maximum` rows of each.
   *
   * @returns whether there are more
   */
  deleteOneTimeTokens(limits: { maximum: number }): Promise<boolean>
}
