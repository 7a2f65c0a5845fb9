export * from './browser.js';
export * from './contract.js';
export * from './event-stream.js';
export * from './memory-conversations.js';
