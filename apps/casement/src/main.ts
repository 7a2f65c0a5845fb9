import { readConfig } from '#edge';
import { runProcess } from '#platform';
import { runCasement } from './casement.js';

await runProcess(process, readConfig, runCasement);
