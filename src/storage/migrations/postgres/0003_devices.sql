-- A session is a device that its user can tell from others: by a name of their own, and by when its
-- password was last verified.
ALTER TABLE sessions ADD COLUMN name text;
ALTER TABLE sessions ADD COLUMN password_verified_at timestamptz NOT NULL DEFAULT 'epoch';

-- Listed newest first, and the oldest ends where there are too many.
DROP INDEX sessions_user_id;
CREATE INDEX sessions_user_id ON sessions (user_id, id);

-- Kinds of devices that a user has logged in from: the first log-in from another is told by mail.
CREATE TABLE seen_devices (
  user_id uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  device  text        NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, device)
);
