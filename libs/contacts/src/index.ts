export * from './contacts.module.js';
export * from './commands/meet-contact.js';
export * from './commands/sms-contacts.js';
export * from './domain/contact.js';
export * from './domain/events.js';
export * from './domain/identity.js';
export type { SmsConsent } from './domain/sms-consent.js';
export * from './views/contacts.projection.js';
