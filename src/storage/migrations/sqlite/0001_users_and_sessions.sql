-- Instants are milliseconds since 1970, UTC.

CREATE TABLE users (
  id                TEXT    NOT NULL PRIMARY KEY,
  email_address     TEXT    NOT NULL UNIQUE,
  password_hash     TEXT    NOT NULL,
  email_verified_at INTEGER,
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  id           TEXT    NOT NULL PRIMARY KEY,
  user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  token_digest BLOB    NOT NULL UNIQUE,
  ip_address   TEXT,
  user_agent   TEXT,
  created_at   INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_user_id ON sessions (user_id);
