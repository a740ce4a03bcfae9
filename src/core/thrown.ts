// Anything can be thrown, and under Jest errors come from another realm: hence no `instanceof`.

/** The message of an error; the text of anything else that was thrown. */
export function messageOf(thrown: unknown): string {
  const { message } = Object(thrown)
  return typeof message === 'string' ? message : String(thrown)
}

/** The code of an error by Node, SQLite or PostgreSQL, such as `EEXIST`; null for none. */
export function codeOf(thrown: unknown): string | null {
  const { code } = Object(thrown)
  return typeof code === 'string' ? code : null
}
