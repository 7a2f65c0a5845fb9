export * from './eventually.js';
export * from './follower-store-contract.js';
export * from './memory-follower-store.js';
export type { Promised } from './promised.js';
