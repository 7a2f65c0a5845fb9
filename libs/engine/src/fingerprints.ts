/**
 * Keyed hashes (32 hex characters) under an organisation's own key: the only form in which provider
 * ids and customers' addresses name streams or stand on the log in clear. `purpose` keeps the same
 * value from being recognised across uses.
 */
export interface Fingerprints {
  of(organisationId: string, purpose: string, value: string): Promise<string>;
}
