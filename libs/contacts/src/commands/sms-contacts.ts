import { Inject, Injectable } from '@nestjs/common';
import type { CommandContext, ContactId, OrganisationId, ThreadId } from '#kernel';
import { DECIDES, partOf, type Decides } from '#engine';
import { contactDecider, type ContactCommand } from '../domain/contact.js';
import type { SmsConsentWithdrawn } from '../domain/events.js';
import { isNumberUnasked } from '../domain/sms-consent.js';

/**
 * What SMS teach of a contact: whether they want any, and which thread their answers belong to. Safe
 * to repeat: what is so already is not written again.
 */
@Injectable()
export class SmsContacts {
  constructor(@Inject(DECIDES) private readonly decisions: Decides) {}

  /** `context.at` is when the customer or the provider said so. */
  withdrawConsent(
    organisation: OrganisationId,
    contact: ContactId,
    source: SmsConsentWithdrawn['data']['source'],
    context: CommandContext,
  ): Promise<void> {
    const command = { type: 'WithdrawSmsConsent' as const, at: context.at, source };
    return this.decide(organisation, contact, command, partOf(context, 'withdraw-sms', null));
  }

  /** `context.at` is when the customer said START. */
  giveConsent(
    organisation: OrganisationId,
    contact: ContactId,
    context: CommandContext,
  ): Promise<void> {
    const command = { type: 'GiveSmsConsent' as const, at: context.at, source: 'START' as const };
    return this.decide(organisation, contact, command, partOf(context, 'give-sms', null));
  }

  /** The provider said that no SMS reaches the contact's phone; `reason` is the error's. */
  phoneUnusable(
    organisation: OrganisationId,
    contact: ContactId,
    reason: string,
    context: CommandContext,
  ): Promise<void> {
    const command = { type: 'MarkPhoneUnusable' as const, at: context.at, reason };
    return this.decide(organisation, contact, command, partOf(context, 'unusable', null));
  }

  /** An SMS came from the contact's phone. Asked of the stream only if that is news. */
  async phoneUsable(
    organisation: OrganisationId,
    contact: ContactId,
    context: CommandContext,
  ): Promise<void> {
    const id = `${organisation}-${contact}`;
    const { state } = await this.decisions.load(contactDecider, id, { fresh: false });
    if (!state.isPhoneUnusable) return;
    const command = { type: 'MarkPhoneUsable' as const, at: context.at };
    await this.decide(organisation, contact, command, partOf(context, 'usable', null));
  }

  /** An SMS that is no word on consent: a yes for a number that is new. Asked only if that is news. */
  async wroteSms(
    organisation: OrganisationId,
    contact: ContactId,
    context: CommandContext,
  ): Promise<void> {
    const id = `${organisation}-${contact}`;
    const { state } = await this.decisions.load(contactDecider, id, { fresh: false });
    if (!isNumberUnasked(state)) return;
    const command = {
      type: 'GiveSmsConsent' as const,
      at: context.at,
      source: 'WROTE_SMS' as const,
    };
    await this.decide(organisation, contact, command, partOf(context, 'wrote-sms', null));
  }

  /** Before an SMS leaves: answers to `smsNumber` (E.164) belong to `threadId` from now on. */
  setRoute(
    organisation: OrganisationId,
    contact: ContactId,
    smsNumber: string,
    threadId: ThreadId,
    context: CommandContext,
  ): Promise<void> {
    const command = { type: 'SetSmsRoute' as const, at: context.at, smsNumber, threadId };
    return this.decide(organisation, contact, command, partOf(context, 'route-sms', null));
  }

  /**
   * Always asked of the stream, never skipped on the kept fold: another process may have written
   * since, and a lost word on consent is worse than one more read.
   */
  private async decide(
    organisation: OrganisationId,
    contact: ContactId,
    command: ContactCommand,
    context: CommandContext,
  ): Promise<void> {
    await this.decisions.run(contactDecider, `${organisation}-${contact}`, command, context);
  }
}
