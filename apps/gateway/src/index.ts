export * from './gateway.js';
export * from './tokens.js';
