export * from './memory-follower-store.js';
