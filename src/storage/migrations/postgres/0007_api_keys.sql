-- What a program may do in its user's name: the scopes, with spaces between. Looked up by the digest of
-- its token at every request; the user is told once, from expiry_notice_at on, that it ends soon.
CREATE TABLE api_keys (
  token_digest     bytea       NOT NULL PRIMARY KEY,
  id               uuid        NOT NULL UNIQUE,
  user_id          uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name             text        NOT NULL,
  scopes           text        NOT NULL,
  created_at       timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL,
  last_used_at     timestamptz,
  expiry_notice_at timestamptz
);

CREATE INDEX api_keys_user_id ON api_keys (user_id, id);

CREATE INDEX api_keys_expiry_notice_at ON api_keys (expiry_notice_at)
WHERE expiry_notice_at IS NOT NULL;

-- The API key that a mail is about, which may be gone before the mail leaves.
ALTER TABLE outbox ADD COLUMN api_key_id uuid;
