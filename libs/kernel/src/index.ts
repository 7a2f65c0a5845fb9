export * from './command-context.js';
export * from './decider.js';
export * from './followers.js';
export * from './ids.js';
export * from './instant.js';
export * from './json.js';
export * from './recorded.js';
export * from './unreachable.js';
