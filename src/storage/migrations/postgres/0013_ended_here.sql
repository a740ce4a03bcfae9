-- Whom no import brings back: an id that is made of a digest of what their origin called a user who was
-- deleted here, and says of them no more.
CREATE TABLE deleted_users (
  id     uuid NOT NULL PRIMARY KEY,
  origin text NOT NULL
);

-- Every import that has brought sessions, where imported_sessions has the newest: what began before one,
-- and is here no more, has ended here.
CREATE TABLE session_imports (
  origin      text        NOT NULL,
  imported_at timestamptz NOT NULL,
  PRIMARY KEY (origin, imported_at)
);

INSERT INTO session_imports (origin, imported_at) SELECT origin, imported_at FROM imported_sessions;
