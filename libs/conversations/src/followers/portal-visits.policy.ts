import { messageId, type Policy } from '#kernel';
import type { PortalCodeRedeemed } from '#portal';
import type { RecordPortalVisit } from '../domain/decisions/record-portal-visit.js';
import type { ToConversation } from './addressed.js';

/** Tells the thread that its customer has opened the page behind a bridge. */
export const portalVisits: Policy<
  PortalCodeRedeemed,
  ToConversation<Omit<RecordPortalVisit, 'at'>>
> = {
  kind: 'policy',
  name: 'portal-visits',
  streams: ['portal-'],
  types: ['PortalCodeRedeemed'],
  whenever: ({ at, data }) => {
    const id = `${data.organisationId}-${data.threadId}`;
    const bridgeId = messageId(data.bridgeId);
    const command = { type: 'RecordPortalVisit' as const, bridgeId, openedAt: at };
    return [{ key: id, item: 'visit', command: { to: 'conversation', id, command } }];
  },
};
