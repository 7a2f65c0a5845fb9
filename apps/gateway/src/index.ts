export * from './business.js';
export * from './gateway.js';
export * from './readiness.js';
export * from './tokens.js';
