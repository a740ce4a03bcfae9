import { EnvironmentReader, type Mode, type Variables } from './environment-reader.ts'

/** For commands that need the database and nothing else. */
export function readDatabaseEnvironment(variables: Variables, mode: Mode): string {
  const read = new EnvironmentReader(variables)
  const databaseUrl = readDatabaseUrl(read, mode)
  read.finish()
  return databaseUrl
}

// `sqlite:PATH`, or `sqlite:///PATH` for an absolute path; no other scheme, no host, no memory.
const sqliteUrl = /^sqlite:(?:\/\/(?=\/))?(?![A-Za-z][A-Za-z0-9+.-]+:|:memory:|\/\/)./
// SECURITY: an @ after the slash means that the text before it is the rest of a password.
const postgresUrl = /^postgres(?:ql)?:\/\/[^\s/?#]+\/[^\s/?#@]+(?:\?\S*)?$/

export function readDatabaseUrl(read: EnvironmentReader, mode: Mode): string {
  return read.parsed('DATABASE_URL', {
    parse: (text) => (isDatabaseUrl(text) ? text : null),
    wanted:
      'must be sqlite: and the path of a file, or postgres:// with user, password, server and database, with what is special in a URL percent-encoded',
    example: 'sqlite:storage/production.sqlite3',
    default: mode === 'development' ? 'sqlite:storage/development.sqlite3' : null,
  })
}

export function isDatabaseUrl(text: string): boolean {
  return sqliteUrl.test(text) || (postgresUrl.test(text) && URL.canParse(text) && isDecodable(text))
}

function isDecodable(text: string): boolean {
  try {
    // The build leaves out a call that nothing is made of: it takes this one for one that never throws.
    return decodeURIComponent(text) !== ''
  } catch {
    return false
  }
}
