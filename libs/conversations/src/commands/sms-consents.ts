import { Inject, Injectable } from '@nestjs/common';
import type { CommandContext } from '#kernel';
import { SmsContacts } from '#contacts';
import { DECIDES, type Decides } from '#engine';
import { conversationDecider } from '../domain/conversation.js';
import type { SmsMessageItem } from '../domain/sms-item.js';
import type { SmsPlace } from './sms-places.js';

/** Learns from an SMS how its sender can be reached, and obeys what they say about it. */
@Injectable()
export class SmsConsents {
  constructor(
    private readonly contacts: SmsContacts,
    @Inject(DECIDES) private readonly decisions: Decides,
  ) {}

  /**
   * STOP and START count from when they were said, and once: a webhook that comes again would make an
   * old word the newest. Any other SMS is a yes for the number that it comes from. They are obeyed before
   * they are shown, so that what is shown was obeyed.
   */
  async obey(
    { keyword, sentAt }: SmsMessageItem,
    {
      organisationId,
      contactId,
      threadId,
      fingerprint,
    }: SmsPlace & { readonly fingerprint: string },
    context: CommandContext,
  ): Promise<void> {
    await this.contacts.phoneUsable(organisationId, contactId, context);
    const thread = `${organisationId}-${threadId}`;
    const { state } = await this.decisions.load(conversationDecider, thread, { fresh: true });
    if (state.inbound.has(fingerprint)) return;
    const said = { ...context, at: sentAt };
    if (keyword === 'stop')
      await this.contacts.withdrawConsent(organisationId, contactId, 'STOP', said);
    else if (keyword === 'start') await this.contacts.giveConsent(organisationId, contactId, said);
    else await this.contacts.wroteSms(organisationId, contactId, said);
  }
}
