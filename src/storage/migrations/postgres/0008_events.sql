-- What happened to users, in the order of its ids. Nothing changes a row but the end of its user, who
-- takes along the addresses and the agent; that is why it refers to no other table.
CREATE TABLE events (
  id            uuid        NOT NULL PRIMARY KEY,
  name          text        NOT NULL,
  occurred_at   timestamptz NOT NULL,
  user_id       uuid,
  actor         text        NOT NULL CHECK (actor IN ('user', 'operator', 'anybody')),
  detail        text,
  session_id    uuid,
  api_key_id    uuid,
  email_address text,
  ip_address    text,
  user_agent    text,
  request_id    text
);

CREATE INDEX events_user_id ON events (user_id, id) WHERE user_id IS NOT NULL;
