import { Injectable } from '@nestjs/common';
import { parseConversationId, type CommandContext } from '#kernel';
import { SmsContacts } from '#contacts';
import { OrganisationDirectory } from '#organisations';
import { PortalCodes, type PortalThread } from '#portal';
import type { Refusal, SmsTraces } from './sms.dispatcher.js';
import type { Started } from './thread-dispatcher.js';

/** Writes down with contacts and in the portal what an SMS that leaves has changed for them. */
@Injectable()
export class SmsTrail implements SmsTraces {
  constructor(
    private readonly contacts: SmsContacts,
    private readonly organisations: OrganisationDirectory,
    private readonly codes: PortalCodes,
  ) {}

  async setRoute(started: Started, smsNumber: string, context: CommandContext): Promise<void> {
    const { organisationId, contactId, threadId } = placeOf(started);
    await this.contacts.setRoute(organisationId, contactId, smsNumber, threadId, context);
  }

  async issueCode(started: Started, context: CommandContext): Promise<void> {
    const thread = placeOf(started);
    const { name } = await this.organisations.load(thread.organisationId);
    const { messageId: bridgeId } = started.dispatch;
    // The bridge before is 24 hours old, or was never sent: its code opens nothing any more.
    const wish = { bridgeId, previousBridgeId: null, thread, businessName: name ?? '' };
    await this.codes.issue(wish, context);
  }

  async learn(
    started: Started,
    { lesson, reason }: Refusal,
    context: CommandContext,
  ): Promise<void> {
    const { organisationId, contactId } = placeOf(started);
    if (lesson === 'no_consent')
      await this.contacts.withdrawConsent(organisationId, contactId, 'PROVIDER', context);
    else await this.contacts.phoneUnusable(organisationId, contactId, reason, context);
  }
}

const placeOf = ({ organisationId, thread, dispatch }: Started): PortalThread => {
  const { conversationId } = dispatch;
  const named = parseConversationId(conversationId);
  if (!named || !thread.contactId) throw new Error('a dispatch names no thread');
  return { organisationId, threadId: named.thread, conversationId, contactId: thread.contactId };
};
