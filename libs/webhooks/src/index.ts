export * from './commands/webhook-inbox.js';
export * from './domain/events.js';
