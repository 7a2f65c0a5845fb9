export * from './contract.js';
export * from './memory-conversations.js';
