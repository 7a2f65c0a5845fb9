export * from './context.js';
export * from './decided.js';
export * from './fingerprints.js';
export * from './ports.js';
export * from './tokens.js';
export * from './history.js';
export * from './live-tail.js';
