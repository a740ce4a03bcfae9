// latchkey/sqlite
export { instant, instantOrNull, text, textOrNull } from './storage/columns.ts'
export type { Connection, Database, Limits, Row, Transaction, Value } from './storage/database.ts'
export { type Migrations, migrate } from './storage/migrate.ts'
export { openSqlite, sqliteMigrations } from './storage/sqlite.ts'
export { createStore } from './storage/store.ts'
