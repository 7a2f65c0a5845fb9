export { sampleHistory, sampleLog, sampleReadModel } from './sample-history.js';
