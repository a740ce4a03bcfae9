// latchkey/sqlite
export { openSqlite, sqliteMigrations } from './storage/sqlite.ts'
