-- The address that a user wants to change to, until it is proved to be theirs. One at a time.
CREATE TABLE email_changes (
  user_id       TEXT    NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  email_address TEXT    NOT NULL,
  requested_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The digest of a link that proves who reads the mail of an address: the user's own, or the one that
-- they want to change to.
CREATE TABLE email_verifications (
  token_digest  BLOB    NOT NULL PRIMARY KEY,
  user_id       TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  email_address TEXT    NOT NULL,
  created_at    INTEGER NOT NULL,
  expires_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX email_verifications_user_id ON email_verifications (user_id);

-- Whom a mail is about, with whom it goes: its recipient's address may not be theirs yet.
ALTER TABLE outbox ADD COLUMN user_id TEXT REFERENCES users (id) ON DELETE CASCADE;

CREATE INDEX outbox_user_id ON outbox (user_id) WHERE user_id IS NOT NULL;

-- Whoever asks for a confirmation again and again gets one mail.
CREATE UNIQUE INDEX outbox_open_email_verification ON outbox (user_id, recipient)
WHERE kind = 'email_verification' AND status = 'queued';

-- Whoever is deleted takes along what was asked for with their address.
CREATE INDEX outbox_password_reset ON outbox (recipient) WHERE kind = 'password_reset';
