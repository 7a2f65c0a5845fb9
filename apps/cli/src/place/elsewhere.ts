import type { Request } from '../verb.js';

const variables = ['CASEMENT_EVENT_STORE', 'CASEMENT_VIEW_STORE'] as const;

/** Whether a verb is to look at stores that the environment names, instead of a directory. */
export const isElsewhere = ({ environment }: Pick<Request, 'environment'>): boolean =>
  variables.some((name) => (environment[name] || 'embedded') !== 'embedded');
