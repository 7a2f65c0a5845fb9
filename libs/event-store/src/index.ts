export * from './catalogue.js';
export * from './key-ring.js';
export * from './log.js';
export * from './port.js';
