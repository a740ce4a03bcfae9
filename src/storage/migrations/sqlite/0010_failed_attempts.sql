-- How often a password was tried in vain since it was last right, and until when the next try waits. The
-- key is a digest of what was tried and on whom. Where expires_at is null nothing but a recovery ends it.
CREATE TABLE failed_attempts (
  key           TEXT    NOT NULL PRIMARY KEY,
  count         INTEGER NOT NULL,
  blocked_until INTEGER NOT NULL,
  expires_at    INTEGER
) STRICT, WITHOUT ROWID;
