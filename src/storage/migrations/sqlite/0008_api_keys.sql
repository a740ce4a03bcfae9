-- What a program may do in its user's name: the scopes, with spaces between. Looked up by the digest of
-- its token at every request; the user is told once, from expiry_notice_at on, that it ends soon.
CREATE TABLE api_keys (
  token_digest     BLOB    NOT NULL PRIMARY KEY,
  id               TEXT    NOT NULL UNIQUE,
  user_id          TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name             TEXT    NOT NULL,
  scopes           TEXT    NOT NULL,
  created_at       INTEGER NOT NULL,
  expires_at       INTEGER NOT NULL,
  last_used_at     INTEGER,
  expiry_notice_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX api_keys_user_id ON api_keys (user_id, id);

CREATE INDEX api_keys_expiry_notice_at ON api_keys (expiry_notice_at)
WHERE expiry_notice_at IS NOT NULL;

-- The API key that a mail is about, which may be gone before the mail leaves.
ALTER TABLE outbox ADD COLUMN api_key_id TEXT;
