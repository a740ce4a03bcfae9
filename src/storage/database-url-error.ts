/** A database that is named so that it cannot be opened: by no URL, or by one whose files cannot be opened. */
export class DatabaseUrlError extends TypeError {
  override readonly name = 'DatabaseUrlError'
}
