-- Whom no import brings back: an id that is made of a digest of what their origin called a user who was
-- deleted here, and says of them no more.
CREATE TABLE deleted_users (
  id     TEXT NOT NULL PRIMARY KEY,
  origin TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every import that has brought sessions, where imported_sessions has the newest: what began before one,
-- and is here no more, has ended here.
CREATE TABLE session_imports (
  origin      TEXT    NOT NULL,
  imported_at INTEGER NOT NULL,
  PRIMARY KEY (origin, imported_at)
) STRICT, WITHOUT ROWID;

INSERT INTO session_imports (origin, imported_at) SELECT origin, imported_at FROM imported_sessions;
