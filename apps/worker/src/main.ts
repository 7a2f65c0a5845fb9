import { readSharedConfig } from '#edge';
import { runProcess } from '#platform';
import { startWorker } from './start-worker.js';

await runProcess(process, readSharedConfig, startWorker);
