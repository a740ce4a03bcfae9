/** Migrations that cannot be applied, in a sentence that says why; nothing of them was. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}
