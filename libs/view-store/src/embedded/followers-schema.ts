/** Tables of followers.db, in SQLite's dialect; the statements on them are common SQL. */
export const followersSchema = `
  CREATE TABLE IF NOT EXISTS follower (
    name TEXT NOT NULL PRIMARY KEY,
    position TEXT,
    epoch INTEGER NOT NULL,
    owner TEXT,
    expires_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS follower_division (
    follower TEXT NOT NULL PRIMARY KEY,
    parts INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS lease_waiting (
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    until_ms INTEGER NOT NULL,
    PRIMARY KEY (name, owner)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS parked_item (
    follower TEXT NOT NULL,
    event_id TEXT NOT NULL,
    item TEXT NOT NULL,
    item_key TEXT NOT NULL,
    position TEXT NOT NULL,
    stream TEXT NOT NULL,
    type TEXT NOT NULL,
    reason TEXT NOT NULL,
    blocking INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    parked_at_ms INTEGER NOT NULL,
    PRIMARY KEY (follower, event_id, item)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS parked_item_by_key ON parked_item (follower, blocking, item_key);

  CREATE INDEX IF NOT EXISTS parked_item_in_order ON parked_item (follower, item_key, position);

  CREATE TABLE IF NOT EXISTS skipped_item (
    follower TEXT NOT NULL,
    event_id TEXT NOT NULL,
    item TEXT NOT NULL,
    item_key TEXT NOT NULL,
    position TEXT NOT NULL,
    stream TEXT NOT NULL,
    type TEXT NOT NULL,
    reason TEXT NOT NULL,
    blocking INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    parked_at_ms INTEGER NOT NULL,
    skipped_by TEXT NOT NULL,
    skipped_at_ms INTEGER NOT NULL,
    PRIMARY KEY (follower, event_id, item)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS skipped_item_in_order ON skipped_item (follower, position);

  CREATE TABLE IF NOT EXISTS follower_request (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    follower TEXT NOT NULL,
    kind TEXT NOT NULL,
    item_key TEXT NOT NULL,
    event_id TEXT NOT NULL,
    item TEXT NOT NULL,
    stream TEXT NOT NULL,
    position TEXT NOT NULL,
    replay TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at_ms INTEGER NOT NULL,
    UNIQUE (follower, kind, item_key, event_id, item, replay)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS follower_request_in_order ON follower_request (follower, id);

  CREATE TABLE IF NOT EXISTS request_part (
    request INTEGER NOT NULL,
    part INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    items INTEGER NOT NULL,
    parked INTEGER NOT NULL,
    PRIMARY KEY (request, part, parts)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS replay (
    id TEXT NOT NULL PRIMARY KEY,
    done INTEGER NOT NULL,
    items INTEGER NOT NULL,
    parked INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS deadline (
    follower TEXT NOT NULL,
    deadline_key TEXT NOT NULL,
    due_at_ms INTEGER NOT NULL,
    cause_id TEXT NOT NULL,
    command TEXT NOT NULL,
    PRIMARY KEY (follower, deadline_key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS deadline_in_order ON deadline (follower, due_at_ms, deadline_key);
`;
