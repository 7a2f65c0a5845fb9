import { followersSchema } from '../followers/schema.js';

/** Tables of followers.db. */
export const embeddedFollowersSchema = followersSchema({
  text: 'TEXT',
  integer: 'INTEGER',
  id: 'INTEGER PRIMARY KEY AUTOINCREMENT',
  strict: ' STRICT',
  keyed: ' STRICT, WITHOUT ROWID',
}).join(';');
