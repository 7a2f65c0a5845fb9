import type { FollowersCalls } from './calls.js';
import { deadlines, saveDeadlines } from './deadlines.js';
import { acquire, checkpoint, handOverLease, releaseLease, saveCheckpoint } from './leases.js';
import {
  blockedKeys,
  park,
  parkedCount,
  parkedOf,
  parkedUnder,
  skippedAfter,
  unpark,
} from './parked.js';
import { parked } from './parked-rows.js';
import { askParts, finish, requests, skip } from './requests.js';
import type { FollowersDialect, StepsOf } from './steps.js';

/** What followers must remember. Each call is one transaction, durable before it is answered. */
export const followersSteps = (dialect: FollowersDialect): StepsOf<FollowersCalls> => ({
  checkpoint: ({ part }) => checkpoint(part),
  saveCheckpoint: (input) => saveCheckpoint(input, dialect),
  acquireLease: (input) => acquire(input, dialect),
  releaseLease,
  handOverLease: (input) => handOverLease(input, dialect),
  park,
  blockedKeys,
  parked,
  parkedCount,
  unpark,
  parkedUnder,
  parkedOf,
  skippedAfter,
  requests,
  askParts: (input) => askParts(input, dialect),
  finish: (input) => finish(input, dialect),
  skip: (input) => skip(input, dialect),
  deadlines,
  saveDeadlines: (input) => saveDeadlines(input, dialect),
});

/** Those of more than one statement that write. */
export const followersWrites = new Set<keyof FollowersCalls>([
  'saveCheckpoint',
  'acquireLease',
  'releaseLease',
  'handOverLease',
  'park',
  'askParts',
  'finish',
  'skip',
  'saveDeadlines',
]);
