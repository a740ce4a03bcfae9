CREATE TABLE users (
  id                uuid        NOT NULL PRIMARY KEY,
  email_address     text        NOT NULL UNIQUE,
  password_hash     text        NOT NULL,
  email_verified_at timestamptz,
  created_at        timestamptz NOT NULL,
  updated_at        timestamptz NOT NULL
);

-- Looked up by the token's digest at every request.
CREATE TABLE sessions (
  token_digest bytea       NOT NULL PRIMARY KEY,
  id           uuid        NOT NULL UNIQUE,
  user_id      uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  ip_address   text,
  user_agent   text,
  created_at   timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL
);

CREATE INDEX sessions_user_id ON sessions (user_id);
