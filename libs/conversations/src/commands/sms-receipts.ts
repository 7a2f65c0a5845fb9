import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { organisationId, type CommandContext, type OrganisationId } from '#kernel';
import { SmsContacts } from '#contacts';
import { FINGERPRINTS, partOf, type Fingerprints } from '#engine';
import type { SmsReceiptItem } from '../domain/sms-item.js';
import { smsLesson } from '../domain/sms.js';
import { BridgeTermsReader } from './bridge-terms-reader.js';
import { ConversationEnvelope } from './conversation-envelope.js';
import { smsReceipt } from './inbound-sms.js';
import { SmsPlaces } from './sms-places.js';

/** Brings receipts of SMS to their threads. */
@Injectable()
export class SmsReceipts {
  constructor(
    private readonly places: SmsPlaces,
    private readonly smsContacts: SmsContacts,
    private readonly bridgeTerms: BridgeTermsReader,
    @Inject(FINGERPRINTS) private readonly fingerprints: Fingerprints,
    private readonly commands: CommandBus,
  ) {}

  /** Throws NotYet for a receipt of ours whose message is not known yet. */
  async receive(item: SmsReceiptItem, context: CommandContext): Promise<void> {
    const place = await this.placeOf(item);
    if (!place) return;
    const { organisation, id } = place;
    const fingerprint = await this.fingerprints.of(organisation, 'message', item.sid);
    const target = smsReceipt(item, fingerprint, context.at);
    const read = await this.bridgeTerms.ofThread(organisation, id);
    if (!read) throw target.unknownYet;
    const { terms, basis, contactId } = read;
    const own = { ...context, organisationId: organisation };
    const part = { ...partOf(own, 'receipt', null), basis };
    const envelope = new ConversationEnvelope(id, target.command(terms), part);
    const decided = await this.commands.execute(envelope);
    // What the list shows of messages that somebody else sent from our number is nobody's here.
    if (decided.kind === 'rejected' && item.place) throw target.unknownYet;
    // Once: told again, by the list or in a replay, it must not undo a START that came in between.
    const isNews = decided.kind === 'accepted' && decided.events.length > 0;
    const reason = item.error?.errorClass.reason ?? '';
    const lesson = isNews ? smsLesson(reason) : null;
    if (lesson === 'no_consent')
      await this.smsContacts.withdrawConsent(organisation, contactId, 'PROVIDER', own);
    if (lesson === 'unusable_phone')
      await this.smsContacts.phoneUnusable(organisation, contactId, reason, own);
  }

  /** Our own words in the callback say it; the list is told apart by the two numbers. */
  private async placeOf({ place, from, to }: SmsReceiptItem): Promise<{
    readonly organisation: OrganisationId;
    readonly id: string;
  } | null> {
    if (place) {
      const [, thread = ''] = place.attempt.split('.');
      const organisation = organisationId(place.organisation);
      return { organisation, id: `${organisation}-${thread}` };
    }
    const found = from && to ? await this.places.find({ ours: from, theirs: to }) : null;
    if (!found) return null;
    const { organisationId: organisation, threadId } = found;
    return { organisation, id: `${organisation}-${threadId}` };
  }
}
