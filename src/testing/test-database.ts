import { EnvironmentError } from '../cli/environment-reader.ts'
import { readText } from '../storage/columns.ts'
import type { Database } from '../storage/database.ts'
import { isNotMigrated, type Migrations, migrate } from '../storage/migrate.ts'
import { testMark } from '../storage/test-mark.ts'

/**
 * Migrates a database that tests may empty, and marks it as such.
 *
 * SECURITY: refuses any other database with tables, since a test that was started with the wrong URL would delete
 * everything in it.
 *
 * @throws EnvironmentError for a database that has tables and is not marked
 */
export async function claimDatabase(
  database: Database,
  migrations: readonly Migrations[],
): Promise<void> {
  const tables = await listTables(database)
  // In a marked database the tables in later schemas of the search path are from tests too.
  const isClaimed = tables.includes(testMark)
  const [strange] = isClaimed ? [] : [...tables, ...(await listTablesBehind(database))]
  if (strange !== undefined) {
    throw new EnvironmentError(
      `The database has tables that no test made, ${strange} among them: name an empty one, for tests alone`,
    )
  }
  await database.migration((transaction) =>
    transaction.script(
      `CREATE TABLE IF NOT EXISTS ${testMark} (claimed BIGINT NOT NULL PRIMARY KEY)`,
    ),
  )
  await migrate(database, migrations)
}

/** Deletes all rows of all tables, except those to keep and the record of migrations. */
export async function emptyDatabase(database: Database, keep: readonly string[]): Promise<void> {
  const kept = new Set([testMark, 'latchkey_migrations', ...keep])
  const tables = (await listTables(database)).filter((table) => !kept.has(table)).map(quoted)
  const script = (await isPostgres(database))
    ? `TRUNCATE ${tables.join(', ')} RESTART IDENTITY`
    : tables.map((table) => `DELETE FROM ${table};`).join('\n')
  // In a migration the tables can be emptied in any order, since foreign keys are checked at its end.
  await database.migration((transaction) => transaction.script(script))
}

async function listTables(database: Database): Promise<string[]> {
  const rows = await database.query((await isPostgres(database)) ? postgresTables : sqliteTables)
  return rows.map(([name]) => readText(name))
}

// Tables in later schemas of the search path, which statements would also find.
async function listTablesBehind(database: Database): Promise<string[]> {
  if (!(await isPostgres(database))) return []
  const rows = await database.query(`SELECT relname FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE pg_table_is_visible(pg_class.oid) AND relkind IN ('r', 'p') AND relpersistence <> 't'
      AND nspname NOT IN (current_schema(), 'pg_catalog', 'information_schema')
      AND ${ofNoExtension}
    ORDER BY relname`)
  return rows.map(([name]) => readText(name))
}

async function isPostgres(database: Database): Promise<boolean> {
  try {
    await database.query('SELECT 1 FROM pg_class LIMIT 1')
    return true
  } catch (error) {
    if (isNotMigrated(error)) return false
    throw error
  }
}

// Leaves out the tables of extensions.
const ofNoExtension =
  "NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')"

const postgresTables = `SELECT relname FROM pg_class
  WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
    AND ${ofNoExtension}
  ORDER BY relname`

// Without the shadow tables of a virtual table, which empties them itself; including the table of AUTOINCREMENT.
const sqliteTables = `SELECT name FROM pragma_table_list
  WHERE schema = 'main' AND type IN ('table', 'virtual')
    AND (name NOT LIKE 'sqlite\\_%' ESCAPE '\\' OR name = 'sqlite_sequence')
  ORDER BY name`

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
