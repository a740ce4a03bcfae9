-- What one process at a time does, and until when it is left to whoever does it now.
CREATE TABLE leases (
  name       text        NOT NULL PRIMARY KEY,
  held_until timestamptz NOT NULL
);
