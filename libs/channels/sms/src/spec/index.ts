export { sendOutcome } from '../answer.js';
