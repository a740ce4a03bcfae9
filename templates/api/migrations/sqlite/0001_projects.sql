-- Instants are milliseconds since 1970, UTC, as in Latchkey's tables.

CREATE TABLE projects (
  id          TEXT NOT NULL PRIMARY KEY,
  user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  title       TEXT NOT NULL,
  description TEXT,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX projects_user_id ON projects (user_id, id);
