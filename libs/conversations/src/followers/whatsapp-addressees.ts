import { Inject, Injectable } from '@nestjs/common';
import type { ContactId, NumberId, OrganisationId } from '#kernel';
import type { Recipient } from '#channels/whatsapp';
import { MeetContact, addressOf } from '#contacts';
import { FINGERPRINTS, type Fingerprints } from '#engine';
import { OrganisationDirectory } from '#organisations';
import type { Addressees } from './whatsapp-request.js';

/** Reads from the streams of contacts and organisations where a message goes and comes from. */
@Injectable()
export class WhatsAppAddressees implements Addressees {
  constructor(
    private readonly contacts: MeetContact,
    private readonly organisations: OrganisationDirectory,
    @Inject(FINGERPRINTS) private readonly fingerprints: Fingerprints,
  ) {}

  /**
   * The number if there is one: everybody who has a number can be written to by it. Whoever only sent SMS
   * may be on WhatsApp by the same number: WhatsApp knows.
   */
  async recipient(organisation: OrganisationId, contact: ContactId): Promise<Recipient | null> {
    const { state } = await this.contacts.load(organisation, contact);
    const waId = addressOf(state, 'wa_id');
    if (waId !== null) return { kind: 'phone', phone: `+${waId}` };
    const bsuid = addressOf(state, 'bsuid');
    if (bsuid !== null) return { kind: 'bsuid', bsuid };
    const phone = addressOf(state, 'phone');
    return phone === null ? null : { kind: 'phone', phone };
  }

  async phoneNumberId(organisation: OrganisationId, number: NumberId): Promise<string | null> {
    return (await this.organisations.number(organisation, number))?.phoneNumberId ?? null;
  }

  fingerprint(organisation: OrganisationId, providerMessageId: string): Promise<string> {
    return this.fingerprints.of(organisation, 'message', providerMessageId);
  }
}
