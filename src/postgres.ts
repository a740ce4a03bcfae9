// latchkey/postgres
export { openPostgres, type PostgresOptions, postgresMigrations } from './storage/postgres.ts'
