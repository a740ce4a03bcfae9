-- How often a password was tried in vain since it was last right, and until when the next try waits. The
-- key is a digest of what was tried and on whom. Where expires_at is null nothing but a recovery ends it.
-- Rows change often and in no index: they are updated in their page, where there is room.
CREATE TABLE failed_attempts (
  key           text        NOT NULL PRIMARY KEY,
  count         integer     NOT NULL,
  blocked_until timestamptz NOT NULL,
  expires_at    timestamptz
) WITH (fillfactor = 50);
