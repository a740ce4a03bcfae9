CREATE TABLE projects (
  id          uuid        NOT NULL PRIMARY KEY,
  user_id     uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  title       text        NOT NULL,
  description text,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL
);

CREATE INDEX projects_user_id ON projects (user_id, id);
