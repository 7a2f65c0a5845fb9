/** What the databases call the types and the ends of their tables. */
export type SchemaWords = {
  readonly text: string;
  readonly integer: string;
  /** The column `id` of requests: grows, and is never used again. */
  readonly id: string;
  /** Behind the columns of a table; and of one that is read by its key. */
  readonly strict: string;
  readonly keyed: string;
};

/** Makes the tables of followers where they are missing. */
export const followersSchema = (words: SchemaWords): readonly string[] => [
  ...leaseTables(words),
  ...itemTables(words),
  ...requestTables(words),
];

const leaseTables = ({ text, integer, keyed }: SchemaWords): readonly string[] => [
  `CREATE TABLE IF NOT EXISTS follower (
      name ${text} NOT NULL PRIMARY KEY,
      position ${text},
      epoch ${integer} NOT NULL,
      owner ${text},
      expires_at_ms ${integer} NOT NULL
    )${keyed}`,
  `CREATE TABLE IF NOT EXISTS follower_division (
      follower ${text} NOT NULL PRIMARY KEY,
      parts ${integer} NOT NULL
    )${keyed}`,
  `CREATE TABLE IF NOT EXISTS lease_waiting (
      name ${text} NOT NULL,
      owner ${text} NOT NULL,
      until_ms ${integer} NOT NULL,
      PRIMARY KEY (name, owner)
    )${keyed}`,
  `CREATE TABLE IF NOT EXISTS deadline (
      follower ${text} NOT NULL,
      deadline_key ${text} NOT NULL,
      due_at_ms ${integer} NOT NULL,
      cause_id ${text} NOT NULL,
      command ${text} NOT NULL,
      PRIMARY KEY (follower, deadline_key)
    )${keyed}`,
  `CREATE INDEX IF NOT EXISTS deadline_in_order ON deadline (follower, due_at_ms, deadline_key)`,
];

const itemTables = ({ text, integer, keyed }: SchemaWords): readonly string[] => [
  `CREATE TABLE IF NOT EXISTS parked_item (
      follower ${text} NOT NULL,
      event_id ${text} NOT NULL,
      item ${text} NOT NULL,
      item_key ${text} NOT NULL,
      position ${text} NOT NULL,
      stream ${text} NOT NULL,
      type ${text} NOT NULL,
      reason ${text} NOT NULL,
      blocking ${integer} NOT NULL,
      attempts ${integer} NOT NULL,
      parked_at_ms ${integer} NOT NULL,
      PRIMARY KEY (follower, event_id, item)
    )${keyed}`,
  `CREATE INDEX IF NOT EXISTS parked_item_by_key ON parked_item (follower, blocking, item_key)`,
  `CREATE INDEX IF NOT EXISTS parked_item_in_order ON parked_item (follower, item_key, position)`,
  `CREATE TABLE IF NOT EXISTS skipped_item (
      follower ${text} NOT NULL,
      event_id ${text} NOT NULL,
      item ${text} NOT NULL,
      item_key ${text} NOT NULL,
      position ${text} NOT NULL,
      stream ${text} NOT NULL,
      type ${text} NOT NULL,
      reason ${text} NOT NULL,
      blocking ${integer} NOT NULL,
      attempts ${integer} NOT NULL,
      parked_at_ms ${integer} NOT NULL,
      skipped_by ${text} NOT NULL,
      skipped_at_ms ${integer} NOT NULL,
      PRIMARY KEY (follower, event_id, item)
    )${keyed}`,
  `CREATE INDEX IF NOT EXISTS skipped_item_in_order ON skipped_item (follower, position)`,
];

const requestTables = ({ text, integer, id, strict, keyed }: SchemaWords): readonly string[] => [
  `CREATE TABLE IF NOT EXISTS follower_request (
      id ${id},
      follower ${text} NOT NULL,
      kind ${text} NOT NULL,
      item_key ${text} NOT NULL,
      event_id ${text} NOT NULL,
      item ${text} NOT NULL,
      stream ${text} NOT NULL,
      position ${text} NOT NULL,
      replay ${text} NOT NULL,
      asked_by ${text} NOT NULL,
      asked_at_ms ${integer} NOT NULL,
      UNIQUE (follower, kind, item_key, event_id, item, replay)
    )${strict}`,
  `CREATE INDEX IF NOT EXISTS follower_request_in_order ON follower_request (follower, id)`,
  `CREATE TABLE IF NOT EXISTS request_part (
      request ${integer} NOT NULL,
      part ${integer} NOT NULL,
      parts ${integer} NOT NULL,
      items ${integer} NOT NULL,
      parked ${integer} NOT NULL,
      PRIMARY KEY (request, part, parts)
    )${keyed}`,
  `CREATE TABLE IF NOT EXISTS replay (
      id ${text} NOT NULL PRIMARY KEY,
      done ${integer} NOT NULL,
      items ${integer} NOT NULL,
      parked ${integer} NOT NULL
    )${keyed}`,
];
