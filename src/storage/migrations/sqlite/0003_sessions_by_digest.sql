-- A session is looked up by its token's digest at every request and by its id almost never: the row
-- lies where the digest is found, one tree instead of two.
CREATE TABLE sessions_by_digest (
  token_digest BLOB    NOT NULL PRIMARY KEY,
  id           TEXT    NOT NULL UNIQUE,
  user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  ip_address   TEXT,
  user_agent   TEXT,
  created_at   INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO sessions_by_digest
  (token_digest, id, user_id, ip_address, user_agent, created_at, last_used_at)
SELECT token_digest, id, user_id, ip_address, user_agent, created_at, last_used_at
FROM sessions ORDER BY token_digest;

DROP TABLE sessions;
ALTER TABLE sessions_by_digest RENAME TO sessions;
CREATE INDEX sessions_user_id ON sessions (user_id);
