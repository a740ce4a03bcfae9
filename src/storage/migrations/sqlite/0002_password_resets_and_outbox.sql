-- A reset token's digest; the token itself is in one mail and nowhere else.
CREATE TABLE password_resets (
  token_digest BLOB    NOT NULL PRIMARY KEY,
  user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  consumed_at  INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX password_resets_user_id ON password_resets (user_id);

-- Mails to be sent, in the order of their ids. While one is being sent, due_at is when whoever
-- sends it is given up for dead.
CREATE TABLE outbox (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  kind       TEXT    NOT NULL,
  recipient  TEXT    NOT NULL,
  status     TEXT    NOT NULL CHECK (status IN ('queued', 'sent', 'failed', 'unknown')),
  attempts   INTEGER NOT NULL,
  deferrals  INTEGER NOT NULL,
  -- How often the mail left and nobody knows whether it was taken.
  uncertain  INTEGER NOT NULL,
  queued_at  INTEGER NOT NULL,
  due_at     INTEGER NOT NULL,
  give_up_at INTEGER NOT NULL,
  ended_at   INTEGER,
  last_error TEXT
) STRICT;

CREATE INDEX outbox_queued ON outbox (id, due_at) WHERE status = 'queued';

-- Whoever asks for a reset again and again gets one mail.
CREATE UNIQUE INDEX outbox_open_password_reset ON outbox (recipient)
WHERE kind = 'password_reset' AND status = 'queued';

-- How often something was tried. The key is a digest of the act and of whom it is tried on, or from
-- where.
CREATE TABLE guard_counts (
  key            TEXT    NOT NULL PRIMARY KEY,
  count          INTEGER NOT NULL,
  window_ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
