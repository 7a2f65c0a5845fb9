export * from './events.js';
export * from './webhook-inbox.js';
