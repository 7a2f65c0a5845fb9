export * from './config/config.js';
export * from './config/variables.js';
export * from './cursors.js';
