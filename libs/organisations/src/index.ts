export * from './commands/organisation-directory.js';
export * from './commands/organisation-envelope.js';
export * from './commands/whatsapp-addresses.js';
export * from './domain/address.js';
export * from './domain/events.js';
export * from './domain/organisation.js';
