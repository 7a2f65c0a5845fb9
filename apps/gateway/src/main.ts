import { readSharedConfig } from '#edge';
import { runProcess } from '#platform';
import { startGateway } from './start-gateway.js';

await runProcess(process, readSharedConfig, startGateway);
