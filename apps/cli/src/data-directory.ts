import { resolve } from 'node:path';
import type { Environment } from '#edge';

/**
 * The data directory that the engine would take. Said again here, because the configuration as a
 * whole may be wrong, and loading what reads it takes longer than listing what is parked.
 */
export const dataDirectoryOf = (environment: Environment): string =>
  resolve(environment['CASEMENT_DATA_DIR'] || 'data');
