export { sendOutcome } from '../answer.js';
export * from './bodies.js';
export * from './shapes.js';
