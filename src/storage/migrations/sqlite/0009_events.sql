-- What happened to users, in the order of its ids. Nothing changes a row but the end of its user, who
-- takes along the addresses and the agent; that is why it refers to no other table.
CREATE TABLE events (
  id            TEXT    NOT NULL PRIMARY KEY,
  name          TEXT    NOT NULL,
  occurred_at   INTEGER NOT NULL,
  user_id       TEXT,
  actor         TEXT    NOT NULL CHECK (actor IN ('user', 'operator', 'anybody')),
  detail        TEXT,
  session_id    TEXT,
  api_key_id    TEXT,
  email_address TEXT,
  ip_address    TEXT,
  user_agent    TEXT,
  request_id    TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX events_user_id ON events (user_id, id) WHERE user_id IS NOT NULL;
