export * from './context.js';
export * from './decided.js';
export * from './fingerprints.js';
export * from './ports.js';
export * from './tokens.js';
