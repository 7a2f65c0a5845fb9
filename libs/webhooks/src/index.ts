export * from './body.js';
export * from './commands/sms-list-memory.js';
export * from './commands/webhook-inbox.js';
export * from './domain/events.js';
