import type { ContactId, NumberId, OrganisationId } from '#kernel';
import type { ReadTerms } from '../domain/bridge.js';

/** What a bridge depends on besides its thread: facts of other streams, read for each decision. */
export interface BridgeTermsSource {
  read(organisation: OrganisationId, contact: ContactId, number: NumberId): Promise<ReadTerms>;
}
