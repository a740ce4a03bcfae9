-- What one process at a time does, and until when it is left to whoever does it now.
CREATE TABLE leases (
  name       TEXT    NOT NULL PRIMARY KEY,
  held_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
