export * from './ways-out.js';
export * from './worker.js';
