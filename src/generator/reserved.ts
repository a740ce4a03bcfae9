/** Whether the name is a keyword of SQLite or PostgreSQL, or a member of every JavaScript object. */
export function isReservedColumn(name: string): boolean {
  return words.has(name)
}

/** Whether a table, a path or an identifier in the surrounding code has that name already. */
export function isReservedResource({ plural, singular }: Record<'plural' | 'singular', string>) {
  return words.has(plural) || taken.has(plural) || taken.has(singular)
}

/** Whether SQLite reserves the name for tables of its own. */
export function isReservedForSqlite(plural: string): boolean {
  return plural.startsWith('sqlite_')
}

// Names that at least one of the databases refuses for a column.
const words = new Set(
  `all alter analyse analyze and any array as asc asymmetric authorization autoincrement between binary both
  case cast check collate collation column commit concurrently constraint create cross current_catalog
  current_date current_role current_schema current_time current_timestamp current_user default
  deferrable delete desc distinct do drop else end escape except exists false fetch for foreign freeze from
  full grant group having if ilike in index indexed initially inner insert intersect into is isnull join
  lateral leading left like limit localtime localtimestamp materialized natural not nothing notnull null
  offset on only or order outer overlaps placing primary references returning right select
  session_user set similar some symmetric system_user table tablesample then to trailing transaction
  true union unique update user using values variadic verbose when where window with add
  cmax cmin ctid tableoid xmax xmin constructor`.split(/\s+/),
)

// Latchkey's tables and paths, names in the code of a resource or in the table of routes, and JavaScript keywords.
const taken = new Set(
  `access_tokens api_keys deleted_users email_changes email_verifications events
  failed_attempts guard_counts imported_sessions imported_users latchkey_migrations leases
  outbox password password_resets passwords registrations revocations seen_devices session
  session_aliases session_imports sessions sessions_by_digest signing_keys user users
  changes columns connection database date field fields number promise route routes row scopes
  string value
  class extends implements this`.split(/\s+/),
)
