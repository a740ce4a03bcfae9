-- What access tokens call a session, which is not its id. Whatever ends the session, by whatever statement,
-- leaves the name without one: that is how the tokens end too. Kept until the last of them has expired.
CREATE TABLE session_aliases (
  sid        TEXT    NOT NULL PRIMARY KEY,
  session_id TEXT    UNIQUE REFERENCES sessions (id) ON DELETE SET NULL,
  issued_at  INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- SQLite would take the index of the UNIQUE for `session_id IS NULL`, and sort all of them.
CREATE INDEX session_aliases_dead ON session_aliases (session_id, issued_at) WHERE session_id IS NULL;

-- Keys that access tokens are signed with. The private one is encrypted with one that is not in here.
-- Nothing changes a row: when a key signs, and until when it is published, follows from the instants.
CREATE TABLE signing_keys (
  id          TEXT    NOT NULL PRIMARY KEY,
  -- Of two that are made at once, one is.
  generation  INTEGER NOT NULL UNIQUE,
  algorithm   TEXT    NOT NULL,
  public_key  TEXT    NOT NULL,
  private_key TEXT    NOT NULL,
  created_at  INTEGER NOT NULL,
  signs_from  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
