-- A reset token's digest; the token itself is in one mail and nowhere else.
CREATE TABLE password_resets (
  token_digest bytea       NOT NULL PRIMARY KEY,
  user_id      uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  consumed_at  timestamptz
);

CREATE INDEX password_resets_user_id ON password_resets (user_id);

-- Mails to be sent, in the order of their ids. While one is being sent, due_at is when whoever
-- sends it is given up for dead.
CREATE TABLE outbox (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind       text        NOT NULL,
  recipient  text        NOT NULL,
  status     text        NOT NULL CHECK (status IN ('queued', 'sent', 'failed', 'unknown')),
  attempts   integer     NOT NULL,
  deferrals  integer     NOT NULL,
  -- How often the mail left and nobody knows whether it was taken.
  uncertain  integer     NOT NULL,
  queued_at  timestamptz NOT NULL,
  due_at     timestamptz NOT NULL,
  give_up_at timestamptz NOT NULL,
  ended_at   timestamptz,
  last_error text
);

CREATE INDEX outbox_queued ON outbox (id, due_at) WHERE status = 'queued';

-- Whoever asks for a reset again and again gets one mail.
CREATE UNIQUE INDEX outbox_open_password_reset ON outbox (recipient)
WHERE kind = 'password_reset' AND status = 'queued';

-- How often something was tried. The key is a digest of the act and of whom it is tried on, or from
-- where. Rows change often and in no index: they are updated in their page, where there is room.
CREATE TABLE guard_counts (
  key            text        NOT NULL PRIMARY KEY,
  count          integer     NOT NULL,
  window_ends_at timestamptz NOT NULL
) WITH (fillfactor = 50);
