import type { OrganisationId } from '#kernel';
import type { ThreadTerms } from '../domain/bridge.js';

/** What a bridge depends on besides its thread: facts of other streams, read for each decision. */
export interface BridgeTermsSource {
  /** `id` is `<organisation>-<thread>`. Null while there is no such thread. */
  ofThread(organisation: OrganisationId, id: string): Promise<ThreadTerms | null>;
}
