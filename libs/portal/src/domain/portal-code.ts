import {
  epochMs,
  instant,
  reject,
  unreachable,
  type Decider,
  type Instant,
  type Rejection,
} from '#kernel';
import type { PortalCodeIssued, PortalEvent, PortalThread } from './events.js';

/** How long a code, and the session that it opened, are good for. */
export const portalCodeValidMs = 24 * 60 * 60 * 1000;

type Terms = PortalCodeIssued['data'];

/** What is known of a code. Whoever asks for one that nobody issued finds `unissued`. */
export type PortalCode =
  | { readonly kind: 'unissued' }
  | { readonly kind: 'issued'; readonly terms: Terms }
  | {
      readonly kind: 'redeemed';
      readonly terms: Terms;
      readonly sessionHash: string;
      readonly redeemedAt: Instant;
    }
  | { readonly kind: 'superseded'; readonly terms: Terms };

export type IssuePortalCode = {
  readonly type: 'IssuePortalCode';
  readonly at: Instant;
  readonly thread: PortalThread;
  readonly bridgeId: string;
  readonly businessName: string;
};
export type RedeemPortalCode = {
  readonly type: 'RedeemPortalCode';
  readonly at: Instant;
  readonly sessionHash: string;
};
export type SupersedePortalCode = { readonly type: 'SupersedePortalCode'; readonly at: Instant };
export type PortalCommand = IssuePortalCode | RedeemPortalCode | SupersedePortalCode;

/** The public hears one answer, whichever of these it was. */
export type PortalRejection = Rejection<
  | 'PortalCodeIssuedToAnother'
  | 'PortalCodeUnissued'
  | 'PortalCodeExpired'
  | 'PortalCodeUsed'
  | 'PortalCodeReplaced'
>;

/** Whether a code, or the session it opened, is over at `at`. */
export const isPastValidity = ({ validUntil }: Terms, at: Instant): boolean =>
  epochMs(at) >= epochMs(validUntil);

const issue = (
  state: PortalCode,
  command: IssuePortalCode,
): readonly PortalEvent[] | PortalRejection => {
  const { at, thread, bridgeId, businessName } = command;
  if (state.kind !== 'unissued')
    return state.terms.bridgeId === bridgeId ? [] : reject('PortalCodeIssuedToAnother');
  const validUntil = instant(epochMs(at) + portalCodeValidMs);
  const { organisationId, threadId, conversationId, contactId } = thread;
  const terms = { organisationId, threadId, conversationId, contactId, bridgeId, businessName };
  return [{ type: 'PortalCodeIssued', at, data: { ...terms, validUntil } }];
};

const redeem = (
  state: PortalCode,
  { at, sessionHash }: RedeemPortalCode,
): readonly PortalEvent[] | PortalRejection => {
  if (state.kind === 'unissued') return reject('PortalCodeUnissued');
  if (state.kind === 'superseded') return reject('PortalCodeReplaced');
  if (state.kind === 'redeemed')
    return state.sessionHash === sessionHash ? [] : reject('PortalCodeUsed');
  if (isPastValidity(state.terms, at)) return reject('PortalCodeExpired');
  const { businessName: _, validUntil: __, ...place } = state.terms;
  return [{ type: 'PortalCodeRedeemed', at, data: { ...place, sessionHash } }];
};

const supersede = (state: PortalCode, { at }: SupersedePortalCode): readonly PortalEvent[] =>
  state.kind === 'unissued' || state.kind === 'superseded'
    ? []
    : [{ type: 'PortalCodeSuperseded', at, data: {} }];

const decide = (
  state: PortalCode,
  command: PortalCommand,
): readonly PortalEvent[] | PortalRejection => {
  switch (command.type) {
    case 'IssuePortalCode':
      return issue(state, command);
    case 'RedeemPortalCode':
      return redeem(state, command);
    case 'SupersedePortalCode':
      return supersede(state, command);
    default:
      return unreachable(command);
  }
};

const evolve = (state: PortalCode, event: PortalEvent): PortalCode => {
  switch (event.type) {
    case 'PortalCodeIssued':
      return { kind: 'issued', terms: event.data };
    case 'PortalCodeRedeemed':
      return state.kind === 'unissued'
        ? state
        : {
            kind: 'redeemed',
            terms: state.terms,
            sessionHash: event.data.sessionHash,
            redeemedAt: event.at,
          };
    case 'PortalCodeSuperseded':
      return state.kind === 'unissued' ? state : { kind: 'superseded', terms: state.terms };
    default:
      return unreachable(event);
  }
};

/** One code: issued for one bridge, redeemed once, and only while it is valid and the newest. */
export const portalDecider: Decider<PortalCode, PortalCommand, PortalEvent, PortalRejection> = {
  name: 'portal',
  initial: { kind: 'unissued' },
  decide,
  evolve,
};
