/** Tables of followers.db, in SQLite's dialect; the statements on them are common SQL. */
export const followersSchema = `
  CREATE TABLE IF NOT EXISTS follower (
    name TEXT NOT NULL PRIMARY KEY,
    position TEXT,
    epoch INTEGER NOT NULL,
    owner TEXT,
    expires_at_ms INTEGER NOT NULL
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

  CREATE TABLE IF NOT EXISTS deadline (
    follower TEXT NOT NULL,
    deadline_key TEXT NOT NULL,
    due_at_ms INTEGER NOT NULL,
    cause_id TEXT NOT NULL,
    command TEXT NOT NULL,
    PRIMARY KEY (follower, deadline_key)
  ) STRICT, WITHOUT ROWID;
`;
