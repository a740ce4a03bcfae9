-- Since when nobody may log in as the user, or NULL.
ALTER TABLE users ADD COLUMN banned_at timestamptz;
