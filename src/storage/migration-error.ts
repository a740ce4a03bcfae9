/** Migrations cannot be applied, and none was. The message says why. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}
