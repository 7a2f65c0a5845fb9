export * from './given.js';
export * from './golden-law.js';
export * from './laws.js';
export * from './recorded.js';
