export * from './composition.js';
export * from './failpoints.js';
export * from './lag.js';
export * from './notes.js';
export * from './platform.js';
export * from './platform.module.js';
export * from './process.js';
export * from './secrets.js';
