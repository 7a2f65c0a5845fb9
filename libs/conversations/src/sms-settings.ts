/** How this installation speaks SMS; the app knows its addresses once it listens. */
export const SMS_SETTINGS = Symbol('SmsSettings');

export type SmsSettings = {
  /** Whether there is a provider to send with. */
  readonly isOn: boolean;
  /** Where portal links lead, as an SMS prints it before the code: host and path, no scheme. */
  readonly portalAddress: () => string;
  /** Where the provider tells of receipts, without a query. */
  readonly statusUrl: () => string;
};
