/** The name of a database is not a valid URL or path, or names a file or certificate that cannot be opened. */
export class DatabaseUrlError extends TypeError {
  override readonly name = 'DatabaseUrlError'
}
