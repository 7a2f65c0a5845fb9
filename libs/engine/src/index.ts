export * from './decided.js';
export * from './ports.js';
