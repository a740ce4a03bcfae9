-- How another system hashed the user's password, such as bcrypt/12, until the first log-in replaces the
-- hash. NULL for a hash of Latchkey's own.
ALTER TABLE users ADD COLUMN password_scheme text;

CREATE INDEX users_password_scheme ON users (password_scheme) WHERE password_scheme IS NOT NULL;

-- Who a user was where they came from, for tables that still call them by that id.
CREATE TABLE imported_users (
  origin    text NOT NULL,
  origin_id text NOT NULL,
  user_id   uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  PRIMARY KEY (origin, origin_id)
);

CREATE INDEX imported_users_user_id ON imported_users (user_id);

-- When sessions with tokens of another system were last imported: until all of them are over, such
-- tokens are looked up.
CREATE TABLE imported_sessions (
  origin      text        NOT NULL PRIMARY KEY,
  imported_at timestamptz NOT NULL
);
