export { sendOutcome } from '../answer.js';
export * from './bodies.js';
export * from './mutations.js';
export * from './shapes.js';
