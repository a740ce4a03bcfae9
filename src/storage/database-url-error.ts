/** A database that is named so that it cannot be opened: by no URL, or by one whose files are not there. */
export class DatabaseUrlError extends TypeError {
  override readonly name = 'DatabaseUrlError'
}
