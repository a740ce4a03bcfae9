import pg from 'pg'
import type { Cluster } from '../test/storage/postgres-cluster.ts'

/** The library with which PostgreSQL has to be started, so that it counts statements. */
export const statementsLibrary = 'pg_stat_statements'

/** How many statements have been executed in a database. */
export interface Statements {
  of(databaseUrl: string): Promise<number>
  close(): Promise<void>
}

export async function openStatements({ url }: Cluster): Promise<Statements> {
  const client = await new pg.Client(url).connect()
  await client.query(`CREATE EXTENSION ${statementsLibrary}`)
  const text = `SELECT coalesce(sum(calls), 0) AS calls FROM pg_stat_statements
    JOIN pg_database ON pg_database.oid = dbid WHERE datname = $1`
  return {
    async of(databaseUrl) {
      const { rows } = await client.query(text, [new URL(databaseUrl).pathname.slice(1)])
      return Number(rows[0].calls)
    },
    close: () => client.end(),
  }
}
