export { follower } from './brands.js';
export * from './context.js';
export * from './decided.js';
export * from './deciding/limits.js';
export type { DecidingTools } from './deciding/stream-work.js';
export * from './decisions.js';
export * from './derived-ids.js';
export * from './fingerprints.js';
export * from './followers/leading.js';
export * from './followers/limits.js';
export * from './followers/runtime.js';
export type {
  Execute,
  FollowerNote,
  FollowerTools,
  LeadershipTools,
  RunFollower,
} from './followers/tools.js';
export * from './history.js';
export * from './live-tail.js';
export * from './movable-clock.js';
export * from './ports.js';
export * from './record.js';
export { aborted, inTime, type TimeLimit } from './signals.js';
export * from './system/system-chance.js';
export * from './system/system-clock.js';
export * from './system/system-timer.js';
export * from './tokens.js';
