CREATE TABLE latchkey_migrations (
  name       TEXT   NOT NULL PRIMARY KEY,
  checksum   TEXT   NOT NULL,
  applied_at BIGINT NOT NULL
);
CREATE TABLE users (
  id                TEXT    NOT NULL PRIMARY KEY,
  email_address     TEXT    NOT NULL UNIQUE,
  password_hash     TEXT    NOT NULL,
  email_verified_at INTEGER,
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL
, banned_at INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE password_resets (
  token_digest BLOB    NOT NULL PRIMARY KEY,
  user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  consumed_at  INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  kind       TEXT    NOT NULL,
  recipient  TEXT    NOT NULL,
  status     TEXT    NOT NULL CHECK (status IN ('queued', 'sent', 'failed', 'unknown')),
  attempts   INTEGER NOT NULL,
  deferrals  INTEGER NOT NULL,
  -- How often the mail left and nobody knows whether it was taken.
  uncertain  INTEGER NOT NULL,
  queued_at  INTEGER NOT NULL,
  due_at     INTEGER NOT NULL,
  give_up_at INTEGER NOT NULL,
  ended_at   INTEGER,
  last_error TEXT
, user_id TEXT REFERENCES users (id) ON DELETE CASCADE, api_key_id TEXT) STRICT;
CREATE TABLE guard_counts (
  key            TEXT    NOT NULL PRIMARY KEY,
  count          INTEGER NOT NULL,
  window_ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE "sessions" (
  token_digest BLOB    NOT NULL PRIMARY KEY,
  id           TEXT    NOT NULL UNIQUE,
  user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  ip_address   TEXT,
  user_agent   TEXT,
  created_at   INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL
, name TEXT, password_verified_at INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE seen_devices (
  user_id TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  device  TEXT    NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, device)
) STRICT, WITHOUT ROWID;
CREATE TABLE email_changes (
  user_id       TEXT    NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  email_address TEXT    NOT NULL,
  requested_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE email_verifications (
  token_digest  BLOB    NOT NULL PRIMARY KEY,
  user_id       TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  email_address TEXT    NOT NULL,
  created_at    INTEGER NOT NULL,
  expires_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE leases (
  name       TEXT    NOT NULL PRIMARY KEY,
  held_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
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
CREATE TABLE failed_attempts (
  key           TEXT    NOT NULL PRIMARY KEY,
  count         INTEGER NOT NULL,
  blocked_until INTEGER NOT NULL,
  expires_at    INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE registrations (
  id            TEXT    NOT NULL PRIMARY KEY,
  email_address TEXT    NOT NULL,
  password_hash TEXT    NOT NULL,
  -- JSON of the application's own fields.
  fields        TEXT,
  -- Of the link, from when its mail leaves.
  token_digest  BLOB    UNIQUE,
  created_at    INTEGER NOT NULL,
  expires_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE session_aliases (
  sid        TEXT    NOT NULL PRIMARY KEY,
  session_id TEXT    UNIQUE REFERENCES sessions (id) ON DELETE SET NULL,
  issued_at  INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE signing_keys (
  id          TEXT    NOT NULL PRIMARY KEY,
  -- Of two that are made at once, one is.
  generation  INTEGER NOT NULL UNIQUE,
  algorithm   TEXT    NOT NULL,
  public_key  TEXT    NOT NULL,
  private_key TEXT    NOT NULL,
  created_at  INTEGER NOT NULL,
  signs_from  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE projects (
  id          TEXT NOT NULL PRIMARY KEY,
  user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  title       TEXT NOT NULL,
  description TEXT,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX password_resets_user_id ON password_resets (user_id);
CREATE INDEX outbox_queued ON outbox (id, due_at) WHERE status = 'queued';
CREATE UNIQUE INDEX outbox_open_password_reset ON outbox (recipient)
WHERE kind = 'password_reset' AND status = 'queued';
CREATE INDEX sessions_user_id ON sessions (user_id, id);
CREATE INDEX email_verifications_user_id ON email_verifications (user_id);
CREATE INDEX outbox_user_id ON outbox (user_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX outbox_open_email_verification ON outbox (user_id, recipient)
WHERE kind = 'email_verification' AND status = 'queued';
CREATE INDEX outbox_password_reset ON outbox (recipient) WHERE kind = 'password_reset';
CREATE INDEX api_keys_user_id ON api_keys (user_id, id);
CREATE INDEX api_keys_expiry_notice_at ON api_keys (expiry_notice_at)
WHERE expiry_notice_at IS NOT NULL;
CREATE INDEX events_user_id ON events (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX registrations_email_address ON registrations (email_address, created_at, id);
CREATE UNIQUE INDEX outbox_open_registration ON outbox (recipient)
WHERE kind = 'registration' AND status = 'queued';
CREATE INDEX outbox_registration ON outbox (recipient) WHERE kind = 'registration';
CREATE INDEX session_aliases_dead ON session_aliases (session_id, issued_at) WHERE session_id IS NULL;
CREATE INDEX projects_user_id ON projects (user_id, id);

BEGIN;
INSERT INTO latchkey_migrations (name, checksum, applied_at) VALUES ('latchkey/0001_users_and_sessions.sql', '1ef4a09feeeb2525e5b033acd14d24ff8b129812853370fec6b0fc7f238585a3', 1795698001842);
INSERT INTO latchkey_migrations (name, checksum, applied_at) VALUES ('latchkey/0002_password_resets_and_outbox.sql', '5505c34c5b360d6ee3de16c400de4ceee153bb8e0fce56d9c40cb0e5bf675919', 1795698001843);
INSERT INTO latchkey_migrations (name, checksum, applied_at) VALUES ('latchkey/0003_sessions_by_digest.sql', 'c022aa20404a76fec90ff6aeeaccf3be517822f8a9f4c1f9f169ef0fd14a1baa', 1795698001843);
INSERT INTO latchkey_migrations (name, checksum, applied_at) VALUES ('latchkey/0004_devices.sql', 'e1beef6a168219115024194cf348328eda9d260ed95cb9fbf9de5909acb8aa79', 1795698001844);
INSERT INTO latchkey_migrations (name, checksum, applied_at) VALUES ('latchkey/0005_email_verifications.sql', '3c022766bdaaccac7109cf62844edf90e0f18a4d0b960e1cdd6f90fdc2c28350', 1795698001844);
INSERT INTO latchkey_migrations (name, checksum, applied_at) VALUES ('latchkey/0006_leases.sql', 'f957e27a9e70277b5c43a253f92f98b19e5e85d03f4bc953297e36c9c7959e2e', 1795698001844);
INSERT INTO latchkey_migrations (name, checksum, applied_at) VALUES ('latchkey/0007_bans.sql', '5c9417a8abc66bdb32070844bdf61a6300dee20c3417aeb83687d07ed128f71d', 1795698001844);
INSERT INTO latchkey_migrations (name, checksum, applied_at) VALUES ('latchkey/0008_api_keys.sql', '5fb6817d3efda2c135d756f5be61859a020e45785f056ed01183df5e7fd83de5', 1795698001844);
INSERT INTO latchkey_migrations (name, checksum, applied_at) VALUES ('latchkey/0009_events.sql', 'f904a1baa2f5e75b661bd262eb77dc284f6971b798480e15318af766ae16e0ab', 1795698001845);
INSERT INTO latchkey_migrations (name, checksum, applied_at) VALUES ('latchkey/0010_failed_attempts.sql', '42634501bdfd3f72307ace496b5084214ba7ec9aa48302295765b22282ff00a6', 1795698001845);
INSERT INTO latchkey_migrations (name, checksum, applied_at) VALUES ('latchkey/0011_registrations.sql', '815856cfb1da07c912c8df8421821a651f060a9770f0bcca973035e2b54bfa14', 1795698001845);
INSERT INTO latchkey_migrations (name, checksum, applied_at) VALUES ('latchkey/0012_access_tokens.sql', '5f63a76287e29ce2bae01dc58ac44d0e0028087f585796202269cbdc2c92ad36', 1795698001845);
INSERT INTO latchkey_migrations (name, checksum, applied_at) VALUES ('app/0001_projects.sql', '01cb5363393d10606e5c8c65f99a5b3cd4f46d94b15c80e8c1b89ee96a3d273f', 1795698001845);
INSERT INTO users (id, email_address, password_hash, email_verified_at, created_at, updated_at, banned_at) VALUES ('01a20d6d-5a7b-7000-8000-0279f03af9cf', 'ann@example.com', '$argon2id$v=19$m=8,t=1,p=1$eMlWNDkwJVnVlx2xA3RC4g$eeYSlaJw2ubXeAjV8h9ulQHpKTOYR7boEMTyX9zLZCA', 1795521600123, 1795521600123, 1795521600123, NULL);
INSERT INTO users (id, email_address, password_hash, email_verified_at, created_at, updated_at, banned_at) VALUES ('01a20d6d-5a7b-7000-8000-25072926dc48', 'ben@example.com', '$argon2id$v=19$m=8,t=1,p=1$hue5dqKXaabx0wYXE4poPg$4ngQMw3eqMPofeLf3AbeowUkwnEf2ZMcuNL1YqFDBxA', NULL, 1795521600123, 1795521600123, NULL);
INSERT INTO password_resets (token_digest, user_id, created_at, expires_at, consumed_at) VALUES (X'7d0dc312657409750c7c3fce7313c9d0ad511aa64663544173c10c8371d5405f', '01a20d6d-5a7b-7000-8000-25072926dc48', 1795521600123, 1795522500123, NULL);
INSERT INTO outbox (id, kind, recipient, status, attempts, deferrals, uncertain, queued_at, due_at, give_up_at, ended_at, last_error, user_id, api_key_id) VALUES (1, 'email_verification', 'ann@example.com', 'sent', 1, 0, 0, 1795521600123, 1795521630123, 1795608000123, 1795521600123, NULL, '01a20d6d-5a7b-7000-8000-0279f03af9cf', NULL);
INSERT INTO outbox (id, kind, recipient, status, attempts, deferrals, uncertain, queued_at, due_at, give_up_at, ended_at, last_error, user_id, api_key_id) VALUES (2, 'api_key_created', 'ann@example.com', 'sent', 1, 0, 0, 1795521600123, 1795521630123, 1795608000123, 1795521600123, NULL, '01a20d6d-5a7b-7000-8000-0279f03af9cf', '01a20d6d-5a7b-7000-8000-13e8553ffb39');
INSERT INTO outbox (id, kind, recipient, status, attempts, deferrals, uncertain, queued_at, due_at, give_up_at, ended_at, last_error, user_id, api_key_id) VALUES (3, 'new_sign_in', 'ann@example.com', 'sent', 1, 0, 0, 1795521600123, 1795521630123, 1795608000123, 1795521600123, NULL, '01a20d6d-5a7b-7000-8000-0279f03af9cf', NULL);
INSERT INTO outbox (id, kind, recipient, status, attempts, deferrals, uncertain, queued_at, due_at, give_up_at, ended_at, last_error, user_id, api_key_id) VALUES (4, 'password_reset', 'ben@example.com', 'sent', 1, 0, 0, 1795521600123, 1795521630123, 1795608000123, 1795521600123, NULL, NULL, NULL);
INSERT INTO outbox (id, kind, recipient, status, attempts, deferrals, uncertain, queued_at, due_at, give_up_at, ended_at, last_error, user_id, api_key_id) VALUES (5, 'email_verification', 'ann@example.org', 'sent', 1, 0, 0, 1795521600123, 1795521630123, 1795608000123, 1795521600123, NULL, '01a20d6d-5a7b-7000-8000-0279f03af9cf', NULL);
INSERT INTO outbox (id, kind, recipient, status, attempts, deferrals, uncertain, queued_at, due_at, give_up_at, ended_at, last_error, user_id, api_key_id) VALUES (6, 'registration', 'cleo@example.com', 'sent', 1, 0, 0, 1795521600123, 1795521630123, 1795608000123, 1795521600123, NULL, NULL, NULL);
INSERT INTO outbox (id, kind, recipient, status, attempts, deferrals, uncertain, queued_at, due_at, give_up_at, ended_at, last_error, user_id, api_key_id) VALUES (7, 'password_reset', 'ann@example.com', 'queued', 0, 0, 0, 1795521600123, 1795521600123, 1795608000123, NULL, NULL, NULL, NULL);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('7_58JHZPR1KWSEoP68TZcVEhJTUEBg0GNnQmX8Yc-LI', 1, 1795608000123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('BaxUO0SFM81RNHQnpnUBX5jD1n-Gxsiit85WoD_xIIs', 1, 1795608000123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('E913D7-B0kFoAbucy9qiPTheTLwYzjqb_vSRGjG8hJY', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('F5d7_gXSeNVgH36gWW5_HD4nWPd0LcQ93LQMe_vCGj4', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('FvAkYngAp3-kBclItnUn-Vmn34ejv1o9nreqW5qDpS8', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('JoX7hPWRDaO4X6IGPSJeEedGGr9o-i6PRKReMq9Q3ZI', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('L3PDbzXDNB-Z57AXMaYqYaFOWwX1YITCnwnwdPRqGXI', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('MrrTNYvtpH8jbGPit18tZY7V9RKoRqDnRl0upQjRxu4', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('QPdVOA00QQq02MOptF4LVD49rhoxH5Jlq4RiJORLP4g', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('RjLOs9m6FMluIt3kx6zKOH5hl9y-Ei4rCPOTbHzFoDM', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('RlOZ_nZkd1HKKRD9IDxIvGKVY03cpgxoBZPjiifskO4', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('UF2XTApeJ7WQ42UxJILZ42eKm501Yr0GikKTBp35aec', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('X-funCX0ayhCBncwWaYeWELJYSADR3FHYnewXtdJGK8', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('ZP_KdXBD6_8aR9P1_gG1Yqprxcjz5JbajVmRgvNE3oI', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('k2-wDwM26lGArk42knKKDq_ilUe5aSFZGKOD7OdfcYc', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('k49qOlQpWkQAJg9g2vwqkN3uhmJLnt6WNtG_W2fxw_4', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('kWAD1BISzCy8ccMOXg4Eg1I9f-TFlkccEgGolVst4xg', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('kewJewAencktj7NvpL8SyouoHO1X84_8CXjo8eZHtEQ', 2, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('mIi0me4LezsVMiJqB36u8HJ-eX2XLMo_pArDrerz5uk', 1, 1795608000123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('nUP0R7rAmaBi-eq2KzhX8FBcn1x7WibYFboQEGGuHuc', 1, 1795608000123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('o4tyix8MFUhDdpkYf7XgDkc_kpowBzugmjnuknONyks', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('oqB2zcr5roifTFLHLXwFaiN1_2eJrF3qt0guwo647ek', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('t182i7b2sZhuqlB5OORvvZjk7ElO3v-sdltpFor1ZkY', 1, 1795521780123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('uRFeP8ZStlrVLayjKdYGo7O_c_-gikm86__XjF6o3w8', 1, 1795608000123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('vd4AuKrHhUnFpIGLdQChzKlMwDAJJ9UUXzdi0x8HHuw', 1, 1795608000123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('xEozGU3v6slIgQOpoZl5_55Nj3pCSk_07mSQ4Up1o4U', 1, 1795608000123);
INSERT INTO guard_counts (key, count, window_ends_at) VALUES ('zIb7nnwb2InyaDBd_LA9nZxVEiQe2-FjkDzOLBqNnQE', 1, 1795608000123);
INSERT INTO sessions (token_digest, id, user_id, ip_address, user_agent, created_at, last_used_at, name, password_verified_at) VALUES (X'054a0b77ef32ec2a5cc9236c7d236cbdf602d49d79accb140db1f148fbd72cff', '01a20d6d-5a7b-7000-8000-2a5a8c46aaac', '01a20d6d-5a7b-7000-8000-25072926dc48', '10.0.0.8', NULL, 1795521600123, 1795521600123, NULL, 1795521600123);
INSERT INTO sessions (token_digest, id, user_id, ip_address, user_agent, created_at, last_used_at, name, password_verified_at) VALUES (X'167542e4b1155c11de530f3281216645cf8b67a4822e9b4ee375ad0b0bd86f3d', '01a20d6d-5a7b-7000-8000-1ab48415421c', '01a20d6d-5a7b-7000-8000-0279f03af9cf', '10.0.0.6', 'curl/8.5.0', 1795521600123, 1795521600123, NULL, 1795521600123);
INSERT INTO sessions (token_digest, id, user_id, ip_address, user_agent, created_at, last_used_at, name, password_verified_at) VALUES (X'5b5b53b0bcc25dcf719e67d36f124dc83dae1f3851f105be2f9d744b2c4f9cda', '01a20d6d-5a7b-7000-8000-0708bc00bf56', '01a20d6d-5a7b-7000-8000-0279f03af9cf', '10.0.0.1', NULL, 1795521600123, 1795521600123, NULL, 1795521600123);
INSERT INTO seen_devices (user_id, device, seen_at) VALUES ('01a20d6d-5a7b-7000-8000-0279f03af9cf', 'Unknown device', 1795521600123);
INSERT INTO seen_devices (user_id, device, seen_at) VALUES ('01a20d6d-5a7b-7000-8000-0279f03af9cf', 'curl', 1795521600123);
INSERT INTO seen_devices (user_id, device, seen_at) VALUES ('01a20d6d-5a7b-7000-8000-25072926dc48', 'Unknown device', 1795521600123);
INSERT INTO email_changes (user_id, email_address, requested_at) VALUES ('01a20d6d-5a7b-7000-8000-0279f03af9cf', 'ann@example.org', 1795521600123);
INSERT INTO email_verifications (token_digest, user_id, email_address, created_at, expires_at) VALUES (X'58b545032a8cfc4b066bb965f97bdcc9cd86c9c9142f83d94763b570beb82da7', '01a20d6d-5a7b-7000-8000-0279f03af9cf', 'ann@example.org', 1795521600123, 1795608000123);
INSERT INTO leases (name, held_until) VALUES ('sweep', 1795521660123);
INSERT INTO api_keys (token_digest, id, user_id, name, scopes, created_at, expires_at, last_used_at, expiry_notice_at) VALUES (X'c37e7c6d16d803e018563f2b61e81e6f1b3e3031dee1e400df9647a92499551e', '01a20d6d-5a7b-7000-8000-13e8553ffb39', '01a20d6d-5a7b-7000-8000-0279f03af9cf', 'Nightly build', 'projects:read projects:write', 1795521600123, 1803297600123, NULL, 1802692800123);
INSERT INTO events (id, name, occurred_at, user_id, actor, detail, session_id, api_key_id, email_address, ip_address, user_agent, request_id) VALUES ('01a20d6d-5a7b-7000-8000-0b25266fcb9f', 'user_created', 1795521600123, '01a20d6d-5a7b-7000-8000-0279f03af9cf', 'user', NULL, '01a20d6d-5a7b-7000-8000-0708bc00bf56', NULL, 'ann@example.com', '10.0.0.1', NULL, 'f28ae364-62fd-435e-9d8a-992a0a84c667');
INSERT INTO events (id, name, occurred_at, user_id, actor, detail, session_id, api_key_id, email_address, ip_address, user_agent, request_id) VALUES ('01a20d6d-5a7b-7000-8000-0d9e464cf893', 'user_updated', 1795521600123, '01a20d6d-5a7b-7000-8000-0279f03af9cf', 'user', 'email_verified', NULL, NULL, NULL, '10.0.0.3', NULL, '7d00b880-7283-4d67-a62b-4b092a35e79e');
INSERT INTO events (id, name, occurred_at, user_id, actor, detail, session_id, api_key_id, email_address, ip_address, user_agent, request_id) VALUES ('01a20d6d-5a7b-7000-8000-1471e5bf0a9a', 'authn_token_created', 1795521600123, '01a20d6d-5a7b-7000-8000-0279f03af9cf', 'user', 'projects:read projects:write', '01a20d6d-5a7b-7000-8000-0708bc00bf56', '01a20d6d-5a7b-7000-8000-13e8553ffb39', NULL, '10.0.0.4', NULL, '422ce7be-8866-4bd2-a31e-a01d9208ad2e');
INSERT INTO events (id, name, occurred_at, user_id, actor, detail, session_id, api_key_id, email_address, ip_address, user_agent, request_id) VALUES ('01a20d6d-5a7b-7000-8000-1c5412a8d7b4', 'authn_login_success', 1795521600123, '01a20d6d-5a7b-7000-8000-0279f03af9cf', 'user', NULL, '01a20d6d-5a7b-7000-8000-1ab48415421c', NULL, NULL, '10.0.0.6', 'curl/8.5.0', '826238be-c3b3-48fc-a22c-6d8bf49407fc');
INSERT INTO events (id, name, occurred_at, user_id, actor, detail, session_id, api_key_id, email_address, ip_address, user_agent, request_id) VALUES ('01a20d6d-5a7b-7000-8000-2d1786007b8b', 'user_created', 1795521600123, '01a20d6d-5a7b-7000-8000-25072926dc48', 'user', NULL, '01a20d6d-5a7b-7000-8000-2a5a8c46aaac', NULL, 'ben@example.com', '10.0.0.8', NULL, 'c55b7076-fd6c-446e-9bd0-ebe3224f8302');
INSERT INTO events (id, name, occurred_at, user_id, actor, detail, session_id, api_key_id, email_address, ip_address, user_agent, request_id) VALUES ('01a20d6d-5a7b-7000-8000-300eebccdf6b', 'user_updated', 1795521600123, '01a20d6d-5a7b-7000-8000-0279f03af9cf', 'user', 'email_address_requested', '01a20d6d-5a7b-7000-8000-0708bc00bf56', NULL, NULL, '10.0.0.10', NULL, '4d6a4444-0cf1-4b9c-a3bb-8ba2e28cac69');
INSERT INTO events (id, name, occurred_at, user_id, actor, detail, session_id, api_key_id, email_address, ip_address, user_agent, request_id) VALUES ('01a20d6d-5a7b-7000-8000-3506940005d6', 'authn_login_fail', 1795521600123, '01a20d6d-5a7b-7000-8000-25072926dc48', 'anybody', NULL, NULL, NULL, NULL, '10.0.0.11', NULL, '866bc4c3-61e8-47c3-bdc1-94edea6f66d8');
INSERT INTO failed_attempts (key, count, blocked_until, expires_at) VALUES ('PuXSPoX1FCRNL4OWVI0Fyokhc36ZhiWgvmJPOsRFQmU', 1, 1795521600123, 1798113600123);
INSERT INTO registrations (id, email_address, password_hash, fields, token_digest, created_at, expires_at) VALUES ('01a20d6d-5a7b-7000-8000-039e44fe3215', 'cleo@example.com', '$argon2id$v=19$m=8,t=1,p=1$SdNQFVo4CYCRCXBl0w/95g$5/7oGoMp5KujtmUFADVfUDorabRuVJbTAEdiqyMKmtE', NULL, X'532ec4176ad0d2c10a3fc23e12f7cd250900cbef267ea5712d4786befe68a295', 1795521600123, 1795608000123);
INSERT INTO session_aliases (sid, session_id, issued_at, expires_at) VALUES ('zcXK8mLX3pa3Fhk-vuPDwg', '01a20d6d-5a7b-7000-8000-0708bc00bf56', 1795521600123, 1795521960000);
INSERT INTO signing_keys (id, generation, algorithm, public_key, private_key, created_at, signs_from) VALUES ('01a20d6d-5a7b-7000-8000-23db605c13b2', 1, 'ES256', '{"kty":"EC","x":"tnowDQJsXXWCweQswNmm-KitoswPrtfRZnwB1LoefY0","y":"BMzVqYsn1CMSMIQYZcGqsp9grZGIuT7A5AK7mJM8jac","crv":"P-256"}', 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiMDFhMjBkNmQtNWE3Yi03MDAwLTgwMDAtMjNkYjYwNWMxM2IyIn0..Rs8a7YD9i74rOWCp.QhHMLTwXYdeNTHNp9oeW40lFwQyOLpL6b5A67KjpE_GdpBReeepQbg2VLQQnUvsPthSX7TEUC5cB4VVGOaKocFiIKzZ-Km4hY2mhV4B30QvcBp-KBOddQn0UJZNKitaiUovhQ-T3DbsCaedHYYppdjfOPPzcOHsFFLpzJI5z-ezpluNLTS82NQXttPXVo28B2XloOMIAOcbXMJO8JiWG5-sXg_-dHwVkFXPRTNzqPvE.5v-bwlW1mSF6im3E7Fe1xQ', 1795521600123, 1795521600123);
INSERT INTO projects (id, user_id, title, description, created_at, updated_at) VALUES ('01a217f1-086c-7030-998c-129f57750227', '01a20d6d-5a7b-7000-8000-0279f03af9cf', 'Garden', 'Roses', 1795521600123, 1795521600123);
INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', 7);
COMMIT;
