-- Sign-ups that wait until whoever has the address confirms them: nobody can log in with one.
CREATE TABLE registrations (
  id            TEXT    NOT NULL PRIMARY KEY,
  email_address TEXT    NOT NULL,
  password_hash TEXT    NOT NULL,
  -- JSON of the application's own fields.
  fields        TEXT,
  -- Of the link, from when its mail leaves.
  token_digest  BLOB    UNIQUE,
  created_at    INTEGER NOT NULL,
  expires_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX registrations_email_address ON registrations (email_address, created_at, id);

-- Whoever signs up again and again gets one mail.
CREATE UNIQUE INDEX outbox_open_registration ON outbox (recipient)
WHERE kind = 'registration' AND status = 'queued';

-- Whoever is deleted takes along what was asked for with their address.
CREATE INDEX outbox_registration ON outbox (recipient) WHERE kind = 'registration';
